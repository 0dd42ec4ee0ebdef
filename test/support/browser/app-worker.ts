/** A worker with the application of a page: it trains in the storage of the site. */
import { checkFolder } from '../../../src/app/data/check-folder.js';
import type { TrainCommandOptions } from '../../../src/app/options/train-options.js';
import { makePlan } from '../../../src/app/planning/make-plan.js';
import { resolveOptions } from '../../../src/app/planning/resolve-options.js';
import { resumeTraining, startTraining } from '../../../src/app/training/start-training.js';
import type { TrainingObserver } from '../../../src/app/training/train-in-folder.js';
import { encodePng } from '../../../src/formats/png/encode.js';
import { prepareBackends } from '../../../src/platform/web/backends.js';
import { copyData } from '../../../src/platform/web/files/copy-data.js';
import { pickedFiles } from '../../../src/platform/web/files/directory-files.js';
import { type DroppedFile, droppedFiles } from '../../../src/platform/web/files/dropped-files.js';
import { findFolder, makeFolders } from '../../../src/platform/web/files/storage.js';
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

/** How the training came to its end; undefined before that. */
let end: string | undefined;

/** Notes the end of a training. */
async function ending<T>(training: Promise<T>): Promise<T> {
  training.then(
    () => (end = 'done'),
    ({ message }: Error) => (end = message),
  );
  return training;
}

answer({
  train,
  /** Begins a training that the page does not wait for. */
  begin(given: Given) {
    ending(train(given)).catch(() => {});
  },
  progress: () => ({ steps, end }),
  async resume(path: string) {
    await prepare();
    const { result } = await ending(resumeTraining(path, {}, observer, endless));
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
  /** Copies a dropped folder of so many images with masks, and a hidden file, into the storage. */
  async copy(folder: string, images: number) {
    const told: number[] = [];
    const path = await copyData(droppedFiles(pairs(folder, images)), folder, { onProgress: (done) => told.push(done) });
    return { path, told };
  },
  /** Copies a folder of the storage as one that the user has picked. */
  async copyPicked(path: string) {
    const picked = (await findFolder(path))!;
    return copyData(pickedFiles(picked), picked.name);
  },
  /** Lets the browser state so many bytes for the site. */
  state(quota: number) {
    navigator.storage.estimate = async () => ({ quota, usage: 2 ** 20 });
  },
  /** Makes folders as a tab leaves them that is closed while it copies. */
  async leaveHalf(path: string) {
    for (const name of [`${path}/images`, `${path}.copying`]) await makeFolders(name);
  },
  async check(data: string) {
    const { facts, faults } = await checkFolder({ data, seed: 1, size: 32 }, {});
    return { images: facts.length, faults };
  },
  async plan(data: string) {
    await prepare();
    const { plan } = await makePlan({ data }, {}, endless);
    return plan.data.images;
  },
});

function pairs(folder: string, images: number): DroppedFile[] {
  const files: DroppedFile[] = [{ path: `${folder}/.DS_Store`, file: new File(['x'], '.DS_Store') }];
  for (let k = 0; k < images; k++) {
    for (const [kind, isInside] of [
      ['images', 180],
      ['masks', 255],
    ] as const) {
      const data = Uint8Array.from({ length: 32 * 32 }, (_, i) => (i % 32 > 8 + k && i > 320 ? isInside : 0));
      const png = Uint8Array.from(encodePng({ width: 32, height: 32, channels: 1, data }));
      files.push({ path: `${folder}/${kind}/${k}.png`, file: new File([png], `${k}.png`) });
    }
  }
  return files;
}
