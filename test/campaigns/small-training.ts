/** A training so small that it can be disturbed a thousand times, and what it must end with all the same. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listing, putPairs, Running } from '../support/cli/cli.js';
import type { Outcome } from '../support/cli/outcome.js';
import { metricsOf } from '../support/cli/runs.js';

const NETWORK = ['--norm', 'batch', '--dropout', '0.2'];
const STEPS = ['--batch', '4', '--micro-batch', '2', '--lr', '0.02', '--augment', 'flip', '--checkpoint-steps', '1'];
const MORE = ['--schedule', 'cosine', '--warmup', '0.5', '--clip', '0.5', '--ema', '0.9'];

/** A training that is not through by then hangs. */
const HANGS_MS = 600_000;

/** The script to load with --import, which says what it does. */
export const FILE_OPERATIONS = new URL('./file-operations.js', import.meta.url).href;

/** What runs Node; by default Node alone. */
export type Launcher = readonly [string, ...string[]];

/** A place in a training: after so many images of an epoch. */
export interface Place {
  readonly epoch: number;
  readonly images: number;
}

export interface TrainingSize {
  readonly epochs: number;
  readonly filters: string;
  /** The width and height of the images in pixels. */
  readonly size: number;
}

/** Half a second, most of it the start of the process. */
export const SMALLEST: TrainingSize = { epochs: 3, filters: '2,4,6', size: 16 };

export class SmallTraining {
  /** Seconds that it takes undisturbed, start of the process and all. */
  seconds = 0;

  private constructor(
    /** Holds the images, and a folder for each training. */
    readonly folder: string,
    readonly size: TrainingSize,
  ) {}

  /** Trains undisturbed in `folder`, which is empty. */
  static async make(folder: string, size: TrainingSize, launcher?: Launcher): Promise<SmallTraining> {
    putPairs(folder, 8);
    const training = new SmallTraining(folder, size);
    const started = performance.now();
    const { code, stderr } = await training.begin('whole', 1, launcher).ended;
    training.seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`the undisturbed training failed: ${stderr}`);
    return training;
  }

  /** The working directory of a training, which trains in `run` below it. */
  home(name: string): string {
    const home = join(this.folder, name);
    mkdirSync(home, { recursive: true });
    return home;
  }

  begin(name: string, workers: number, launcher?: Launcher): Running {
    const { epochs, filters, size } = this.size;
    const network = ['--filters', filters, '--size', `${size}`, '--epochs', `${epochs}`, ...NETWORK];
    const options = ['--data', '../data', ...network, ...STEPS, ...MORE, '--workers', `${workers}`, '--out', 'run'];
    return start(this.home(name), options, launcher);
  }

  /** Goes on with a run, or begins it where it was never begun. */
  goOn(name: string, workers: number, launcher?: Launcher): Running {
    if (!existsSync(join(this.home(name), 'run/config.json'))) return this.begin(name, workers, launcher);
    return start(this.home(name), ['--resume', 'run', '--workers', `${workers}`], launcher);
  }

  /** @throws Error unless the run has all that the undisturbed one has, bit for bit, and nothing else */
  assertUndisturbed(name: string): void {
    const [run, whole] = [name, 'whole'].map((one) => join(this.folder, one, 'run')) as [string, string];
    const names = listing(run);
    if (!isDeepStrictEqual(names, listing(whole))) throw new Error(`${name} holds other files: ${names.join(', ')}`);
    for (const file of ['model.safetensors', 'predictions.png', 'curves.png']) {
      if (readFileSync(join(run, file)).equals(readFileSync(join(whole, file)))) continue;
      throw new Error(`${name}/${file} has other bytes than that of the undisturbed training`);
    }
    if (isDeepStrictEqual(metricsOf(run), metricsOf(whole))) return;
    throw new Error(`${name}/metrics.jsonl tells other figures than that of the undisturbed training`);
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { recursive: true, force: true });
  }
}

function start(home: string, options: readonly string[], launcher?: Launcher): Running {
  const running = new Running(home, ['train', ...options], launcher);
  const timer = setTimeout(() => running.child.kill('SIGKILL'), HANGS_MS);
  running.child.on('close', () => clearTimeout(timer));
  return running;
}

/** @throws Error unless the process ended with exit code 0 */
export function assertDone({ code, stderr }: Outcome): void {
  if (code === null) throw new Error(`ended by a signal, or had to be ended: ${stderr}`);
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
}

/** Whether a command was refused as wrong input is: in one line. */
export function isRefusal({ code, stderr }: Outcome): boolean {
  return code === 2 && /^unetpp: [^\n]*\n$/.test(stderr);
}

/** The point at which a training resumed, by what it printed; the very start where it began. */
export function placeOf({ stderr }: Outcome): Place {
  const [, epoch, images] = stderr.match(/^resumed +(?:at|in) epoch (\d+)(?:, after (\d+) images?)?$/m) ?? [];
  return { epoch: Number(epoch ?? 1), images: Number(images ?? 0) };
}

/** Whether `place` comes before `other`. */
export function isBefore(place: Place, other: Place): boolean {
  return place.epoch < other.epoch || (place.epoch === other.epoch && place.images < other.images);
}

export function at({ epoch, images }: Place): string {
  return `in epoch ${epoch}, after ${images} images`;
}

/** Watches that a training that is disturbed again and again never goes on further back than before. */
export class NeverBack {
  #place: Place = { epoch: 1, images: 0 };

  /** @throws Error where a process went on before the place at which an earlier one had, or found damage */
  goneOn(outcome: Outcome): void {
    if (/damaged|internal/.test(outcome.stderr)) throw new Error(outcome.stderr);
    const now = placeOf(outcome);
    if (isBefore(now, this.#place)) {
      throw new Error(`went on ${at(now)}, though it had gone on ${at(this.#place)} before`);
    }
    this.#place = now;
  }
}
