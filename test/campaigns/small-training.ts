/** A training so small that it can be disturbed a thousand times, and what it must end with all the same. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listing, type Outcome, putPairs, Running } from '../support/cli.js';
import { metricsOf } from '../support/runs.js';

const NETWORK = ['--filters', '2,4,6', '--size', '16', '--norm', 'batch', '--dropout', '0.2'];
const STEPS = ['--batch', '4', '--micro-batch', '2', '--lr', '0.02', '--augment', 'flip', '--checkpoint-steps', '1'];
const MORE = ['--schedule', 'cosine', '--warmup', '0.5', '--clip', '0.5', '--ema', '0.9'];

/** What runs Node; by default Node alone. */
export type Launcher = readonly [string, ...string[]];

/** A place in a training: after so many images of an epoch. */
export interface Place {
  readonly epoch: number;
  readonly images: number;
}

export class SmallTraining {
  /** Seconds that it takes undisturbed, start of the process and all. */
  seconds = 0;

  private constructor(
    /** The working directory of all processes: holds the images and the run folders. */
    readonly folder: string,
    readonly epochs: number,
  ) {}

  /** Trains undisturbed in `folder`, which is empty. */
  static async make(folder: string, epochs = 3, launcher?: Launcher): Promise<SmallTraining> {
    putPairs(folder, 8);
    const training = new SmallTraining(folder, epochs);
    const started = performance.now();
    const { code, stderr } = await training.begin('whole', 1, launcher).ended;
    training.seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`the undisturbed training failed: ${stderr}`);
    return training;
  }

  begin(name: string, workers: number, launcher?: Launcher): Running {
    const options = ['--data', 'data', ...NETWORK, ...STEPS, ...MORE, '--epochs', `${this.epochs}`];
    return new Running(this.folder, ['train', ...options, '--workers', `${workers}`, '--out', name], launcher);
  }

  /** Goes on with a run, or begins it where it was never begun. */
  goOn(name: string, workers: number, launcher?: Launcher): Running {
    if (!existsSync(join(this.folder, name, 'config.json'))) return this.begin(name, workers, launcher);
    return new Running(this.folder, ['train', '--resume', name, '--workers', `${workers}`], launcher);
  }

  /** @throws Error unless the run has all that the undisturbed one has, bit for bit, and nothing else */
  assertUndisturbed(name: string): void {
    const [run, whole] = [join(this.folder, name), join(this.folder, 'whole')];
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

/** @throws Error unless the process ended with exit code 0 */
export function assertDone({ code, stderr }: Outcome): void {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
}

/** Where a training went on, by what it printed; the very start where it began. */
export function placeOf({ stderr }: Outcome): Place {
  const [, epoch, images] = stderr.match(/^resumed +(?:at|in) epoch (\d+)(?:, after (\d+) images?)?$/m) ?? [];
  return { epoch: Number(epoch ?? 1), images: Number(images ?? 0) };
}

/** Whether `place` comes before `other`. */
export function isBefore(place: Place, other: Place): boolean {
  return place.epoch < other.epoch || (place.epoch === other.epoch && place.images < other.images);
}
