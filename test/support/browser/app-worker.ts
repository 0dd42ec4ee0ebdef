/** A worker with the application of a page: it trains in the storage of the site. */
import { checkFolder } from '../../../src/app/data/check-folder.js';
import type { TrainCommandOptions } from '../../../src/app/options/train-options.js';
import { makePlan } from '../../../src/app/planning/make-plan.js';
import { resolveOptions } from '../../../src/app/planning/resolve-options.js';
import { resumeTraining, startTraining } from '../../../src/app/training/start-training.js';
import type { TrainingObserver } from '../../../src/app/training/train-in-folder.js';
import { prepareBackends } from '../../../src/platform/web/backends.js';
import { copyData } from '../../../src/platform/web/files/copy-data.js';
import { droppedFiles } from '../../../src/platform/web/files/dropped-files.js';
import { findFolder } from '../../../src/platform/web/files/storage.js';
import { answer } from './answer.js';

type Given = Partial<TrainCommandOptions>;

const notices: string[] = [];
const endless = new AbortController().signal;
let steps = 0;

const observer: TrainingObserver = {
  remark: (remark) => void (remark.kind === 'notice' && notices.push(remark.text)),
  step: async () => void steps++,
};

function prepare(): Promise<void> {
  return prepareBackends({ threads: 1, urls: { wasm: '/wasm/unetpp.wasm' } });
}

async function train(given: Given) {
  await prepare();
  const options = await resolveOptions(given, observer, endless);
  const { result } = await startTraining(options, observer, endless);
  return { ...result, notices };
}

let failure = '';

answer({
  train,
  /** Begins a training that the page does not wait for. */
  begin(given: Given) {
    train(given).catch((error: Error) => (failure = error.message));
  },
  progress: () => ({ steps, failure }),
  async resume(path: string) {
    await prepare();
    const { result } = await resumeTraining(path, {}, observer, endless);
    return { ...result, notices };
  },
  async list(path: string) {
    const names: string[] = [];
    const folder = await findFolder(path);
    if (folder) for await (const name of folder.keys()) names.push(name);
    return names.sort();
  },
  /** Flips a bit in the middle of a file. */
  async damage(path: string, name: string) {
    const handle = await (await findFolder(path))!.getFileHandle(name);
    const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    bytes[bytes.length >> 1]! ^= 1;
    const file = await handle.createWritable();
    await file.write(bytes);
    await file.close();
  },
  /** Copies files of these texts, and checks their folder. */
  async copy(folder: string, texts: Readonly<Record<string, string>>) {
    const dropped = Object.entries(texts).map(([path, text]) => ({ path, file: new File([text], path) }));
    return copyData(droppedFiles(dropped), folder);
  },
  check: (data: string) => checkFolder({ data, seed: 1, size: 32 }, {}),
  plan: (data: string) => makePlan({ data }, {}, endless),
});
