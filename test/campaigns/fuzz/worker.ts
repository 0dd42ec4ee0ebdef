/**
 * A process that reads changed files: `{ seed, count }` asks for the inputs of so many seeds, and what came of them is
 * answered. A crash or a hang ends this process alone.
 */
import { InputError } from '../../../src/base/errors.js';
import { Random, seedKey } from '../../../src/base/random.js';
import { fileOf } from './files.js';
import { type Kind, kindsOf, saysOf } from './kinds.js';
import { seedsOf } from './seeds.js';

export interface Task {
  /** The seed of the first input. */
  readonly seed: number;
  readonly count: number;
}

export interface Answer {
  /** How many inputs there were of each kind. */
  readonly accepted: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly seed: number; readonly what: string }[];
  /** Resident memory at most, in bytes. */
  readonly peakBytes: number;
}

/** No input may take longer. */
const HANGS_MS = 2000;

const [run, folder, ...files] = process.argv.slice(2) as [string, string, ...string[]];
const kinds = kindsOf(await seedsOf(run), folder).filter(
  ({ name }) => files.length === 0 || files.includes(fileOf(name)),
);
const shares = kinds.reduce((sum, { share }) => sum + share, 0);
const known = new Map<Kind, ReadonlySet<string>>();
for (const kind of kinds.filter(({ sealed }) => sealed)) {
  known.set(kind, new Set(await Promise.all(kind.seeds.map((bytes) => saysOf(kind.read(bytes))))));
}

/** What the reader of an input has printed. Results are printed on stdout, where a warning of a decoder would spoil them. */
let printed = '';
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (text: string | Uint8Array) => {
    printed += text;
    return true;
  };
}

function drawKind(random: Random): Kind {
  let left = random.integer(shares);
  return kinds.find(({ share }) => (left -= share) < 0)!;
}

/** @returns whether the input was accepted; @throws Error that says which promise it broke */
async function readOne(kind: Kind, bytes: Uint8Array): Promise<boolean> {
  printed = '';
  const isAccepted = await acceptsOne(kind, bytes);
  if (printed !== '') throw new Error(`prints ${JSON.stringify(printed)}`);
  return isAccepted;
}

async function acceptsOne(kind: Kind, bytes: Uint8Array): Promise<boolean> {
  let says: unknown;
  try {
    says = await kind.read(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (!error.message.includes('\n')) return false;
    throw new Error(`an error of several lines: ${JSON.stringify(error.message)}`);
  }
  if (kind.sealed && !known.get(kind)!.has(await saysOf(says))) throw new Error('accepted, but says what no seed says');
  return true;
}

async function work({ seed, count }: Task): Promise<Answer> {
  const [accepted, refused]: [Record<string, number>, Record<string, number>] = [{}, {}];
  const failures: { seed: number; what: string }[] = [];
  for (let own = seed; own < seed + count; own++) {
    const random = new Random(seedKey(own));
    const kind = drawKind(random);
    const bytes = kind.change(random);
    try {
      let started = performance.now();
      const counts = (await readOne(kind, bytes)) ? accepted : refused;
      counts[kind.name] = (counts[kind.name] ?? 0) + 1;
      if (performance.now() - started < HANGS_MS) continue;
      // The machine may have been busy with something else.
      started = performance.now();
      await readOne(kind, bytes);
      const ms = performance.now() - started;
      if (ms >= HANGS_MS) throw new Error(`takes ${(ms / 1000).toFixed(1)} s`);
    } catch (error) {
      failures.push({
        seed: own,
        what: `${kind.name}: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
      });
    }
  }
  return { accepted, refused, failures, peakBytes: 1024 * process.resourceUsage().maxRSS };
}

process.on('message', (task: Task) => work(task).then((answer) => process.send!(answer)));
process.send!('ready');
