/** What all campaigns share: tries by seed, several at once, and a report that says how to repeat a failure. */
import { cpus, release } from 'node:os';
import { Random, seedKey } from '../../src/base/random.js';

export interface CampaignOptions {
  /** The seed of the first try; the next has the next seed, and so on. */
  readonly seed: number;
  readonly tries: number;
  /** Seconds of a pause, for those that pause. */
  readonly pause: number;
  /** The files of fuzz: of these alone. */
  readonly kinds?: readonly string[];
}

/** Puts `tries` to the test in `folder`, an empty one, and tells `report` what came of them. */
export type Campaign = (folder: string, options: CampaignOptions, report: Report) => Promise<void>;

export interface ReportOptions extends CampaignOptions {
  readonly name: string;
  /** Prints a line. */
  readonly print: (line: string) => void;
}

/** Failures that begin alike and are printed; all are counted. */
const MOST_TOLD = 5;
const PROGRESS_MS = 10_000;

export class Report {
  failures = 0;
  readonly #counts = new Map<string, number>();
  readonly #started = performance.now();
  #done = 0;
  #said = performance.now();

  constructor(readonly options: ReportOptions) {}

  /** Adds to a figure that stands under the results. */
  count(what: string, n = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + n);
  }

  /** As `count`, of a figure that is the largest of all. */
  atMost(what: string, n: number): void {
    this.#counts.set(what, Math.max(this.#counts.get(what) ?? 0, Math.round(n)));
  }

  /** Tries that have come to their end; now and then it prints how many. */
  done(n = 1): void {
    this.#done += n;
    if (performance.now() - this.#said < PROGRESS_MS) return;
    this.#said = performance.now();
    const { name, tries, print } = this.options;
    print(
      `${name}: ${this.#done.toLocaleString('en')} of ${tries.toLocaleString('en')}, ${this.#failed()}, ${this.#seconds()}`,
    );
  }

  /** A promise that was broken in the try of `seed`. */
  failed(seed: number, what: string): void {
    this.failures++;
    const alike = `failed: ${what.split('\n')[0]!.slice(0, 48)}`;
    this.count(alike);
    if (this.#counts.get(alike)! > MOST_TOLD) return;
    const { name, print, pause, kinds } = this.options;
    const pauses = name === 'stop' ? ` --pause ${pause}` : '';
    const files = kinds ? ` --kinds '${kinds}'` : '';
    print(`FAILED ${what.trim()}\n  again: npm run campaign -- ${name} --seed ${seed} --tries 1${pauses}${files}`);
  }

  /** Prints the figures, with what they were got on. */
  close(): void {
    const { name, seed, tries, print } = this.options;
    const [cpu] = cpus();
    const figures = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    print(`${name}: ${tries.toLocaleString('en')} tries from seed ${seed}, ${this.#failed()}, ${this.#seconds()}`);
    for (const [what, n] of figures) print(`  ${n.toLocaleString('en').padStart(10)} ${what}`);
    print(
      `  ${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${process.platform} ${release()}, Node ${process.version}, ` +
        new Date().toISOString().slice(0, 10),
    );
  }

  #failed(): string {
    return `${this.failures.toLocaleString('en')} failed`;
  }

  #seconds(): string {
    return `${((performance.now() - this.#started) / 1000).toFixed(0)} s`;
  }
}

/**
 * Does `attempt` for every try, `atOnce` at the same time. An error that it throws is a failure of the try.
 * @param attempt is given the numbers of the try's seed, and a name that no other try has
 */
export async function eachTry(
  { seed, tries }: CampaignOptions,
  report: Report,
  atOnce: number,
  attempt: (random: Random, name: string) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < tries) {
      const own = seed + next++;
      await attempt(new Random(seedKey(own)), `try-${own}`).catch((error: unknown) => {
        report.failed(own, error instanceof Error ? error.message : String(error));
      });
      report.done();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, tries) }, worker));
}

/** One of `items`. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}
