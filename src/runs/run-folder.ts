/**
 * The folder of a training run:
 *
 *     model.safetensors        the best model so far
 *     metrics.jsonl            one object an epoch
 *     steps.jsonl              one object every so many steps, with --log-steps
 *     config.json              the options, the network and the images
 *     checkpoint*.safetensors  what the training resumes from, see `Checkpoints`
 *     report.json              the result of the training, once it is done
 *     .lock                    while a process trains in it, see `lockFolder`
 */
import { openFolder } from '#platform/files/folder-store.js';
import { ensureDirectory } from '#platform/files/folders.js';
import { exists, join } from '#platform/files/paths.js';
import { lockFolder } from '#platform/lock/lock.js';
import { bytesOf, checkFilled, equalBytes } from '../base/bytes.js';
import { InputError } from '../base/errors.js';
import { jsonText, parseJson } from '../base/json.js';
import { show } from '../base/show.js';
import type { Model } from '../model/model.js';
import { encodeModel } from '../model/modelfile.js';
import type { FolderStore } from '../platform/folder-store.js';
import type { Lock, LockWaitOptions } from '../platform/lock.js';
import type { Checkpoint } from '../train/checkpoint/checkpoint.js';
import type { RunOrigin, RunRecord } from '../train/checkpoint/run-record.js';
import type { RunObserver } from '../train/observer.js';
import type { EpochReport } from '../train/report.js';
import { Checkpoints, type FoundCheckpoint } from './checkpoints.js';
import { addMetrics, keepMetrics, METRICS } from './metrics-file.js';
import { STEPS, StepsFile } from './steps-file.js';

const MODEL = 'model.safetensors';
export const CONFIG = 'config.json';
export const RESULT = 'report.json';

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
  readonly #files: FolderStore;
  readonly #checkpoints: Checkpoints;
  /** The last lines of metrics.jsonl, for the checkpoints. */
  #metrics: readonly string[] = [];
  readonly #watchers: Pick<RunObserver, 'artifact'>[] = [];

  private constructor(
    files: FolderStore,
    readonly config: RunConfig,
    lock: Lock,
  ) {
    this.#files = files;
    this.#lock = lock;
    this.#checkpoints = new Checkpoints(files);
  }

  get path(): string {
    return this.#files.path;
  }

  /** Whether a run was begun in a folder. */
  static holdsRun(path: string): Promise<boolean> {
    return exists(join(path, CONFIG));
  }

  /** The best model's file. */
  get model(): string {
    return this.#files.pathOf(MODEL);
  }

  /** The file of `config`. */
  get configFile(): string {
    return this.#files.pathOf(CONFIG);
  }

  /** Whether there is a model, the best so far. */
  get hasModel(): boolean {
    return this.#files.has(MODEL);
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
    const lock = await lockFolder(path, wait);
    const folder = new RunFolder(await openFolder(path), config, lock);
    if (folder.#files.has(CONFIG) || folder.hasCheckpoint) {
      await folder.close();
      throw new InputError(`${path}: already holds a run; continue it with --resume, or give another folder`);
    }
    try {
      await folder.change(config);
      await folder.#files.write(METRICS, new Uint8Array());
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
    if (!(await RunFolder.holdsRun(path))) {
      throw new InputError(`${path}: no run to resume, as it has no config.json; give the folder of a run`);
    }
    const lock = await lockFolder(path, wait);
    try {
      const files = await openFolder(path);
      await files.clearUp();
      return new RunFolder(files, await readConfig(files), lock);
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
    const steps = logSteps === undefined ? undefined : new StepsFile(this.#files, logSteps);
    const holding = <T>(write: (value: T) => Promise<void>) => {
      return (value: T): Promise<void> => {
        this.#lock.assertHeld();
        return write(value);
      };
    };
    return {
      ...(steps && { begin: holding((start) => steps.begin(start)), step: holding((report) => steps.step(report)) }),
      epoch: holding(async (report) => {
        const line = await addMetrics(this.#files, report);
        this.#metrics = [...this.#metrics, line].slice(-METRICS_KEPT);
        if (report.best) await this.write(MODEL, await encodeModel(model));
      }),
    };
  }

  /** Writes a file of the run: the folder is its own, which was empty when it began, or given up with --force. */
  async write(name: string, content: Uint8Array | string): Promise<void> {
    this.#lock.assertHeld();
    await this.#files.write(name, bytesOf(content));
    for (const watcher of this.#watchers) await watcher.artifact?.(name);
  }

  /** Ensures that the best model's file holds `model`: in a folder that was copied meanwhile, it may be an older one. */
  async keepModel(model: Model): Promise<void> {
    this.#lock.assertHeld();
    const [bytes, found] = [await encodeModel(model), await this.#files.read(MODEL).catch(() => undefined)];
    if (!found || !equalBytes(found, bytes)) await this.write(MODEL, bytes);
  }

  /** Stores that the run resumes with other options, more epochs for example. */
  async change(config: RunConfig): Promise<void> {
    this.#lock.assertHeld();
    await this.#files.write(CONFIG, bytesOf(jsonText(config)));
  }

  /** Stores the result of the run, which is done. */
  async keepResult(result: object): Promise<void> {
    this.#lock.assertHeld();
    await this.write(RESULT, jsonText(result));
  }

  /** Reads the result of the run, as JSON; undefined where it is not done, or its file cannot be read. */
  async keptResult(): Promise<unknown> {
    try {
      const bytes = await this.#files.read(RESULT);
      return bytes && parseJson(new TextDecoder().decode(bytes), this.#files.pathOf(RESULT));
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
    const { lines, reports } = await keepMetrics(this.#files, epochs, record?.metrics, warn);
    this.#metrics = lines.slice(-METRICS_KEPT);
    return reports;
  }

  /**
   * Writes a checkpoint, see `Checkpoints.write`.
   * @param origin the options and images that a process must have that resumes from it
   */
  async writeCheckpoint(checkpoint: Checkpoint, origin?: RunOrigin): Promise<void> {
    this.#lock.assertHeld();
    const run = origin && { ...origin, metrics: this.#metrics };
    await this.#checkpoints.write({ ...checkpoint, ...(run && { run }) });
  }

  /** Reads the newest checkpoint, see `Checkpoints.read`; undefined where the run was killed before its first. */
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
    for (const name of [CONFIG, METRICS, STEPS]) await this.#files.remove(name).catch(() => {});
  }
}

async function readConfig(files: FolderStore): Promise<RunConfig> {
  const file = files.pathOf(CONFIG);
  const bytes = await files.read(CONFIG);
  if (!bytes) throw new InputError(`${file}: it has just been removed; restore the file from a copy`);
  const config = parseJson(new TextDecoder().decode(checkFilled(bytes, file)), file);
  if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config as RunConfig;
  throw new InputError(`${file}: damaged: expected a JSON object, found ${show(config)}; restore the file from a copy`);
}
