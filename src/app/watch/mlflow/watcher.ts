/** `--log mlflow`: parameters, values, pictures and the model on a tracking server. */
import { openFolder } from '#platform/files/folder-store.js';
import { bytesOf } from '../../../base/bytes.js';
import { jsonText, parseJson } from '../../../base/json.js';
import type { FolderStore } from '../../../platform/folder-store.js';
import type { StepReport } from '../../../train/observer.js';
import type { EpochReport } from '../../../train/report.js';
import { optionRows, runName } from '../run-facts.js';
import { epochScalars, type Scalars, stepScalars } from '../scalars.js';
import type { Ending, WatchedRun, Watcher } from '../watcher.js';
import { MlflowClient, serverOf } from './client.js';
import { LIMITS, type Limits, type Metric, Sender } from './sender.js';

/** In the folder of the run: which run of the server it is, and what was delivered. */
const STATE = 'mlflow.json';
/** What is uploaded at the end, where it is there. */
const ARTIFACTS = ['model.safetensors', 'predictions.png', 'curves.png', 'config.json', 'metrics.jsonl', 'report.json'];
/** The scheme of artifacts that the server itself takes. */
const PROXY = 'mlflow-artifacts:';
/** MLflow takes no more parameters in one request, and no longer values in its older versions. */
const [PARAMS, LONGEST] = [100, 500];

interface State {
  readonly uri: string;
  readonly runId: string;
  readonly artifacts: string;
  /** Whether the parameters were delivered, which the server takes once only. */
  readonly hasParams: boolean;
  /** The last step and the last epoch whose values were delivered. */
  readonly step: number;
  readonly epoch: number;
}

export async function openMlflow(run: WatchedRun, limits: Limits = LIMITS): Promise<Watcher> {
  const client = new MlflowClient(serverOf(run.env), limits.request);
  return new MlflowWatcher(run, client, await openFolder(run.path), limits);
}

class MlflowWatcher implements Watcher {
  readonly #run: WatchedRun;
  readonly #client: MlflowClient;
  readonly #files: FolderStore;
  readonly #sender: Sender;
  #state: State | undefined;
  #known: { readonly step: number; readonly epoch: number } | undefined;

  constructor(run: WatchedRun, client: MlflowClient, files: FolderStore, limits: Limits) {
    this.#run = run;
    this.#client = client;
    this.#files = files;
    const say = (line: string) => run.say(`--log mlflow: ${client.server.uri}: ${line}`);
    this.#sender = new Sender(
      limits,
      (signal) => this.#ready(signal),
      (metrics, signal) => this.#send(metrics, signal),
      say,
    );
  }

  /** Values up to where the server has them already are not sent again; epochs that it has missed are. */
  async begin(): Promise<void> {
    this.#state ??= await this.#stored();
    this.#known = this.#state ?? this.#known ?? { step: 0, epoch: 0 };
    for (const report of this.#run.job.resume?.epochs ?? []) this.epoch(report);
    this.#sender.add([]);
  }

  step(report: StepReport): void {
    if (report.step > this.#known!.step) this.#add(report.step, stepScalars(report, this.#run.heads));
  }

  epoch(report: EpochReport): void {
    if (report.epoch <= this.#known!.epoch) return;
    this.#add(report.epoch, epochScalars(report));
    this.#known = { ...this.#known!, epoch: report.epoch };
  }

  async finish(ending: Ending): Promise<void> {
    const missing: string[] = [];
    const reason = await this.#sender.finish(async (signal) => {
      missing.splice(0, missing.length, ...(await this.#upload(signal)));
      const status = { done: 'FINISHED', interrupted: 'KILLED', failed: 'FAILED' }[ending];
      await this.#client.updateRun({ run_id: this.#state!.runId, status, end_time: Date.now() }, signal);
    });
    const { waiting, lost } = this.#sender;
    const left = [...(waiting + lost > 0 ? [`${waiting + lost} values`] : []), ...missing];
    if (reason === undefined && left.length === 0) return;
    const what = left.length > 0 ? left.join(', ') : 'the files and the end of the run';
    const why =
      reason ?? `the server keeps artifacts in ${this.#state!.artifacts}, which only its own client writes to`;
    this.#run.say(`--log mlflow: ${this.#client.server.uri}: not delivered: ${what} (${why})`);
  }

  close(): void {
    this.#sender.close();
  }

  /** Values that are not finite are left out, as JSON has none. */
  #add(step: number, scalars: Scalars): void {
    const timestamp = Date.now();
    const finite = scalars.filter(([, value]) => Number.isFinite(value));
    this.#sender.add(finite.map(([key, value]) => ({ key, value, timestamp, step })));
  }

  /** Finds or makes the run on the server, and tells the parameters. */
  async #ready(signal: AbortSignal): Promise<void> {
    const { env } = this.#run;
    const { uri } = this.#client.server;
    if (!this.#state) {
      const experiment = await this.#client.experiment(env.MLFLOW_EXPERIMENT_NAME || 'unetpp', signal);
      const name = env.MLFLOW_RUN_NAME || runName(this.#run.path);
      const body = {
        experiment_id: experiment,
        run_name: name,
        start_time: Date.now(),
        tags: [{ key: 'mlflow.source.name', value: 'unetpp' }],
      };
      const { id: runId, artifacts } = await this.#client.createRun(body, signal);
      await this.#keep({ uri, runId, artifacts, hasParams: false, step: 0, epoch: 0 });
    } else {
      await this.#client.updateRun({ run_id: this.#state.runId, status: 'RUNNING' }, signal);
    }
    const state = this.#state!;
    if (state.hasParams) return;
    const params = optionRows(this.#run.job).map(([key, value]) => ({ key, value: value.slice(0, LONGEST) }));
    for (let k = 0; k < params.length; k += PARAMS) {
      await this.#client.logBatch({ run_id: state.runId, params: params.slice(k, k + PARAMS) }, signal);
    }
    await this.#keep({ ...state, hasParams: true });
  }

  async #send(metrics: readonly Metric[], signal: AbortSignal): Promise<void> {
    await this.#client.logBatch({ run_id: this.#state!.runId, metrics }, signal);
    const last = (ofSteps: boolean, before: number) =>
      metrics.reduce(
        (most, { key, step }) => (key.startsWith('step/') === ofSteps ? Math.max(most, step) : most),
        before,
      );
    const { step, epoch } = this.#state!;
    await this.#keep({ ...this.#state!, step: last(true, step), epoch: last(false, epoch) });
  }

  /** @returns the files that the server does not take */
  async #upload(signal: AbortSignal): Promise<string[]> {
    const { artifacts } = this.#state!;
    const names = ARTIFACTS.filter((name) => this.#files.has(name));
    if (!artifacts.startsWith(PROXY)) return names;
    // mlflow-artifacts:/0/ID/artifacts, or with the host of the server
    const folder = artifacts
      .slice(PROXY.length)
      .replace(/^\/\/[^/]*/, '')
      .replace(/^\/+/, '');
    for (const name of names) {
      const bytes = await this.#files.read(name);
      if (bytes) await this.#client.upload(`${folder}/${name}`, bytes, signal);
    }
    return [];
  }

  async #keep(state: State): Promise<void> {
    this.#state = state;
    await this.#files.write(STATE, bytesOf(jsonText(state)));
  }

  /** The run of the server that this one goes on with; undefined where there is none, or it is another server's. */
  async #stored(): Promise<State | undefined> {
    const bytes = await this.#files.read(STATE);
    if (!bytes) return undefined;
    try {
      const { uri, runId, artifacts, hasParams, step, epoch } = parseJson(
        new TextDecoder().decode(bytes),
        STATE,
      ) as State;
      const whole =
        [runId, artifacts].every((value) => typeof value === 'string') && [step, epoch].every(Number.isFinite);
      return whole && uri === this.#client.server.uri
        ? { uri, runId, artifacts, hasParams: hasParams === true, step, epoch }
        : undefined;
    } catch {
      return undefined;
    }
  }
}
