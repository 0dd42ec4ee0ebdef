/** The head of the page: what it is for, and how it stands with this computer. */
import type { Offline } from '../offline/register.js';
import { ErrorLine, Facts } from './ui/index.js';

export interface MastheadProps {
  /** What computes, in a sentence; null until that is known. */
  readonly computing: string | null;
  readonly error: string | null;
  readonly offline: Offline;
  /** How often something was blocked. */
  readonly blocked: number;
}

const withoutInternet: Readonly<Record<Offline, string>> = {
  'not kept': 'not yet',
  'being kept': 'being stored …',
  kept: 'works',
};

export function Masthead({ computing, error, offline, blocked }: MastheadProps) {
  return (
    <header class="masthead">
      <p class="wordmark">
        <img src="icon.svg" alt="" />
        unetpp
      </p>
      <Triangle />
      <h1>Teach a network to segment your images, in this tab</h1>
      <p>
        Open a folder of images and masks. A UNet++ learns from them on this computer, shows you what it sees, and goes
        home with you as a file. No account, no server, no upload.
      </p>
      <ErrorLine>{error}</ErrorLine>
      <Facts
        facts={[
          { name: 'What computes', value: computing ?? 'Starting …' },
          { name: 'Without internet', value: <span id="offline">{withoutInternet[offline]}</span> },
          { name: 'Privacy', value: <span id="violations">Blocked attempts to send: {blocked}</span> },
        ]}
      />
    </header>
  );
}

/** The network as a drawing: fifteen nodes in five rows, each joined to all before it in its row and to the row below. */
function Triangle() {
  const rows = [0, 1, 2, 3, 4];
  const at = (row: number, place: number) => [20 + 26 * row + 52 * place, 14 + 40 * row] as const;
  const nodes = rows.flatMap((row) => rows.slice(row).map((_, place) => ({ row, place })));
  const down = nodes
    .filter(({ row }) => row < 4)
    .flatMap(({ row, place }) => [
      ...(place < 4 - row ? [`M${at(row, place)}L${at(row + 1, place)}`] : []),
      ...(place > 0 ? [`M${at(row + 1, place - 1)}L${at(row, place)}`] : []),
    ]);
  const along = rows.slice(0, 4).map((row) => `M${at(row, 0)}L${at(row, 4 - row)}`);
  return (
    <svg class="triangle" viewBox="0 0 250 190" aria-hidden="true">
      <path d={[...down, ...along].join('')} />
      {nodes.map(({ row, place }) => {
        const [cx, cy] = at(row, place);
        return <circle key={`${row} ${place}`} cx={cx} cy={cy} r="7" />;
      })}
    </svg>
  );
}
