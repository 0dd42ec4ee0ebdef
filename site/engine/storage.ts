/** What the page keeps on this computer: runs, data sets, models. */
import { files } from '#platform/data.js';
import { type KeptFile, keptFiles, removeKept, roomFor } from '#platform/files/kept.js';
import { InputError } from '../../src/base/errors.js';
import { show } from '../../src/base/show.js';
import { readText } from '../../src/data/folder/files.js';
import { DATA } from './data.js';
import { MODELS } from './models.js';
import type { RunView, StorageView } from './protocol.js';
import type { Training } from './training.js';

/** The folder of the runs, as `startTraining` has it. */
const RUNS = 'runs';
/** All folders that the page keeps something in. */
const KEPT = [DATA, RUNS, MODELS];

/** The runs, the newest first. What is in a folder without a config.json is none. */
export async function runViews(): Promise<RunView[]> {
  const views = await Promise.all([...(await byFolder(RUNS))].map(([run, own]) => runView(run, own)));
  return views.flatMap((view) => view ?? []).sort((a, b) => (a.changed < b.changed ? 1 : -1));
}

async function runView(run: string, own: readonly KeptFile[]): Promise<RunView | undefined> {
  const has = (name: string) => own.some(({ path }) => path === files.join(run, name));
  if (!has('config.json')) return undefined;
  const { data, epochs } = await configOf(run);
  const metrics = has('metrics.jsonl') ? await readText(files, files.join(run, 'metrics.jsonl')) : '';
  return {
    run,
    ...(typeof data === 'string' && { data }),
    epochs: Number(epochs ?? 0),
    epochsDone: metrics.split('\n').filter((line) => line !== '').length,
    done: has('report.json'),
    hasModel: has('model.safetensors'),
    changed: new Date(Math.max(...own.map(({ modified }) => modified))).toISOString(),
    bytes: bytesOf(own),
  };
}

/** The options of a run; none where its file is damaged, which who resumes it is told. */
async function configOf(run: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return Object(JSON.parse(await readText(files, files.join(run, 'config.json'))));
  } catch {
    return {};
  }
}

export async function storageView(): Promise<StorageView> {
  const kept = (await Promise.all(KEPT.map(keptFiles))).flat();
  const usedBytes = bytesOf(kept);
  return {
    usedBytes,
    quotaBytes: await roomFor(usedBytes),
    data: [...(await byFolder(DATA))]
      .map(([name, own]) => ({ name, bytes: bytesOf(own) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    runs: await runViews(),
  };
}

/** Removes a run or a data set, or everything. @throws InputError for what is neither, or is in use */
export async function forget(name: string | undefined, training: Training): Promise<void> {
  training.requireIdle(name);
  if (name === undefined) return void (await Promise.all(KEPT.map(removeKept)));
  const known = [...(await byFolder(RUNS)).keys(), ...(await byFolder(DATA)).keys()];
  if (!known.includes(name)) throw new InputError(`${show(name)}: no run or data set of this name is kept`);
  await removeKept(name);
}

/** The files of each folder in a folder, by its path. */
async function byFolder(above: string): Promise<Map<string, KeptFile[]>> {
  const found = new Map<string, KeptFile[]>();
  const start = files.join(above, '').length;
  for (const file of await keptFiles(above)) {
    const [name, ...below] = file.path.slice(start).replace(/^\//, '').split('/');
    if (below.length === 0) continue;
    const folder = files.join(above, name!);
    found.set(folder, [...(found.get(folder) ?? []), file]);
  }
  return found;
}

function bytesOf(kept: readonly KeptFile[]): number {
  return kept.reduce((sum, { bytes }) => sum + bytes, 0);
}
