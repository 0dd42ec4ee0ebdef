/**
 * The folder of a training run:
 *
 *     model.safetensors        the best model so far
 *     metrics.jsonl            one object an epoch
 *     steps.jsonl              one object every so many steps, with --log-steps
 *     config.json              the options, the network and the images
 *     checkpoint*.safetensors  what the training resumes from, see `CheckpointFiles`
 *     report.json              the result of the training, once it is done
 *     .lock                    while a process trains in it, see `lockFolder`
 */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../../../base/errors.js';
import { jsonText, parseJson } from '../../../base/json.js';
import { show } from '../../../base/show.js';
import type { Model } from '../../../model/model.js';
import { encodeModel } from '../../../model/modelfile.js';
import type { Checkpoint } from '../../../train/checkpoint/checkpoint.js';
import type { RunOrigin, RunRecord } from '../../../train/checkpoint/run-record.js';
import type { RunObserver } from '../../../train/observer.js';
import type { EpochReport } from '../../../train/report.js';
import {
  ensureDirectory,
  readFileChecked,
  removeTemporaries,
  writeFileAtomic,
  writeTextAtomic,
} from '../files/atomic.js';
import { bytesOf } from '../files/outputs.js';
import { type Lock, lockFolder } from '../lock/lock.js';
import type { LockWaitOptions } from '../lock/lock-wait.js';
import { CheckpointFiles, type FoundCheckpoint } from './checkpoint-files.js';
import { addMetrics, keepMetrics } from './metrics-file.js';
import { StepsFile } from './steps-file.js';

/**
 * Lines of metrics.jsonl that a checkpoint holds, about 2 KB each: a copy of the folder lags behind by one or two, and no
 * training is so long that its checkpoints grow.
 */
const METRICS_KEPT = 100;

/** The content of config.json. */
export type RunConfig = Readonly<Record<string, unknown>>;

/** A run folder that this process alone writes to, until `close`. */
export class RunFolder {
  readonly #lock: Lock;
  readonly #checkpoints: CheckpointFiles;
  /** The last lines of metrics.jsonl, for the checkpoints. */
  #metrics: readonly string[] = [];
  readonly #watchers: Pick<RunObserver, 'artifact'>[] = [];

  private constructor(
    readonly path: string,
    readonly config: RunConfig,
    lock: Lock,
  ) {
    this.#lock = lock;
    this.#checkpoints = new CheckpointFiles(path);
  }

  /** Whether a run was begun in a folder. */
  static holdsRun(path: string): boolean {
    return existsSync(configFile(path));
  }

  /** The best model's file. */
  get model(): string {
    return join(this.path, 'model.safetensors');
  }

  /** The file of `config`. */
  get configFile(): string {
    return configFile(this.path);
  }

  /** Whether there is a model, the best so far. */
  get hasModel(): boolean {
    return existsSync(this.model);
  }

  /** Whether there is any checkpoint, good or not. */
  get hasCheckpoint(): boolean {
    return this.#checkpoints.exist;
  }

  /**
   * Makes the folder, takes its lock, begins its metrics and writes `config` into it; or leaves no file behind.
   * @throws InputError that names the path and the reason: no permission, in use, it holds another run…
   */
  static async create(path: string, config: RunConfig, wait?: LockWaitOptions): Promise<RunFolder> {
    await ensureDirectory(path);
    const folder = new RunFolder(path, config, await lockFolder(path, wait));
    if (RunFolder.holdsRun(path) || folder.hasCheckpoint) {
      await folder.close();
      throw new InputError(`${path}: already holds a run; continue it with --resume, or give another folder`);
    }
    try {
      await writeTextAtomic(configFile(path), jsonText(config));
      await writeTextAtomic(metricsFile(path), '');
    } catch (error) {
      await folder.discard();
      await folder.close();
      throw error;
    }
    return folder;
  }

  /**
   * Takes the lock of a run that was begun, to resume it, and clears away what a killed process was writing.
   * @throws InputError that names the path and the reason: no run, in use, damaged…
   */
  static async open(path: string, wait?: LockWaitOptions): Promise<RunFolder> {
    if (!RunFolder.holdsRun(path)) {
      throw new InputError(`${path}: no run to resume, as it has no config.json; give the folder of a run`);
    }
    const lock = await lockFolder(path, wait);
    try {
      await removeTemporaries(path);
      return new RunFolder(path, await readConfig(configFile(path)), lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Reports each file of the run that is written from now on to `observer`, except the checkpoints. */
  watch(observer: Pick<RunObserver, 'artifact'>): void {
    this.#watchers.push(observer);
  }

  /**
   * The observer that writes down the training of `model`: the metrics of each epoch, the model where it is the best, and
   * a line of steps.jsonl every `logSteps` steps, where that is given.
   */
  recorder(model: Model, logSteps?: number): RunObserver {
    const steps = logSteps === undefined ? undefined : new StepsFile(stepsFile(this.path), logSteps);
    const holding = <T>(write: (value: T) => Promise<void>) => {
      return (value: T): Promise<void> => {
        this.#lock.assertHeld();
        return write(value);
      };
    };
    return {
      ...(steps && { begin: holding((start) => steps.begin(start)), step: holding((report) => steps.step(report)) }),
      epoch: holding(async (report) => {
        const line = await addMetrics(metricsFile(this.path), report);
        this.#metrics = [...this.#metrics, line].slice(-METRICS_KEPT);
        if (report.best) await this.write(basename(this.model), await encodeModel(model));
      }),
    };
  }

  /** Writes a file of the run: the folder is its own, which was empty when it began, or given up with --force. */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    this.#lock.assertHeld();
    await writeFileAtomic(join(this.path, name), bytesOf(content));
    for (const watcher of this.#watchers) await watcher.artifact?.(name);
  }

  /** Ensures that the best model's file holds `model`: in a folder that was copied meanwhile, it may be an older one. */
  async keepModel(model: Model): Promise<void> {
    this.#lock.assertHeld();
    const [bytes, found] = [await encodeModel(model), await readFile(this.model).catch(() => undefined)];
    if (!found?.equals(bytes)) await this.write(basename(this.model), bytes);
  }

  /** Stores that the run resumes with other options, more epochs for example. */
  async change(config: RunConfig): Promise<void> {
    this.#lock.assertHeld();
    await writeTextAtomic(configFile(this.path), jsonText(config));
  }

  /** Stores the result of the run, which is done. */
  async keepResult(result: object): Promise<void> {
    this.#lock.assertHeld();
    await this.write(basename(resultFile(this.path)), jsonText(result));
  }

  /** Reads the result of the run, as JSON; undefined where it is not done, or its file cannot be read. */
  async keptResult(): Promise<unknown> {
    try {
      return parseJson(await readFile(resultFile(this.path), 'utf8'), resultFile(this.path));
    } catch {
      return undefined;
    }
  }

  /**
   * Keeps the reports of the epochs up to a checkpoint's, and no others; see `keepMetrics`.
   * @param record the record of the checkpoint, where it has one
   */
  async keepMetrics(epochs: number, record?: RunRecord, warn?: (line: string) => void): Promise<EpochReport[]> {
    this.#lock.assertHeld();
    const { lines, reports } = await keepMetrics(metricsFile(this.path), epochs, record?.metrics, warn);
    this.#metrics = lines.slice(-METRICS_KEPT);
    return reports;
  }

  /**
   * Writes a checkpoint, see `CheckpointFiles.write`.
   * @param origin the options and images that a process must have that resumes from it
   */
  async writeCheckpoint(checkpoint: Checkpoint, origin?: RunOrigin): Promise<void> {
    this.#lock.assertHeld();
    const run = origin && { ...origin, metrics: this.#metrics };
    await this.#checkpoints.write({ ...checkpoint, ...(run && { run }) });
  }

  /** Reads the newest checkpoint, see `CheckpointFiles.read`; undefined where the run was killed before its first. */
  async readCheckpoint(): Promise<FoundCheckpoint | undefined> {
    this.#lock.assertHeld();
    return this.#checkpoints.read();
  }

  /** Releases the lock of the folder. */
  async close(): Promise<void> {
    await this.#lock.release();
  }

  /** Removes what `create` wrote, for a run that produced nothing. What cannot be removed stays. */
  async discard(): Promise<void> {
    for (const fileOf of [configFile, metricsFile, stepsFile])
      await rm(fileOf(this.path), { force: true }).catch(() => {});
  }
}

function configFile(folder: string): string {
  return join(folder, 'config.json');
}

function metricsFile(folder: string): string {
  return join(folder, 'metrics.jsonl');
}

function stepsFile(folder: string): string {
  return join(folder, 'steps.jsonl');
}

function resultFile(folder: string): string {
  return join(folder, 'report.json');
}

async function readConfig(file: string): Promise<RunConfig> {
  const text = new TextDecoder().decode(await readFileChecked(file));
  const config = parseJson(text, file);
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config as RunConfig;
  throw new InputError(`${file}: damaged: expected a JSON object, found ${show(config)}; restore the file from a copy`);
}
