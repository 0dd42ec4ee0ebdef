/** The engine of the page in Node: what it keeps lies in the folder of the test. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import type { CopyData } from '../../../site/engine/data.js';
import { createEngine } from '../../../site/engine/methods.js';
import type { DroppedFile, Engine, TrainingEvents } from '../../../site/engine/protocol.js';

import type { Files } from '../../../src/data/folder/files.js';
import { put } from '../cli/cli.js';

/** The models of the repository, which come with the page. */
const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url));

/** A suite whose tests each get an engine on one thread, and an empty folder, which is the working directory. */
export function suiteWithEngine(name: string) {
  const test = suite<{ dir: string; engine: Engine }>(name, { dir: '', engine: undefined! });
  test.before.each(async (context) => {
    context.dir = mkdtempSync(join(tmpdir(), 'unetpp-engine-'));
    process.chdir(context.dir);
    context.engine = createEngine({
      version: '0.0.0',
      copyData,
      bundled: async (name) => readFileSync(join(MODELS, name, 'model.safetensors')),
    });
    await context.engine.start({ backend: 'wasm', threads: 1 });
  });
  test.after.each((context) => {
    process.chdir(tmpdir());
    rmSync(context.dir, { recursive: true });
  });
  return test;
}

/** Events that nobody listens to, but for those that are given. */
export function events(given: Partial<TrainingEvents> = {}): TrainingEvents {
  const nobody = () => {};
  return { ready: nobody, progress: nobody, step: nobody, epoch: nobody, remark: nobody, ...given };
}

/** A file as it is dropped. */
export function dropped(path: string, bytes: Uint8Array | string): DroppedFile {
  return { path, file: new File([new Uint8Array(Buffer.from(bytes))], path.split('/').at(-1)!) };
}

/** Files of a folder as they are dropped. */
export function droppedFrom(dir: string, paths: readonly string[]): DroppedFile[] {
  return paths.map((path) => dropped(path, readFileSync(join(dir, path))));
}

/** Copies a folder into the working directory, as a page does into its storage. */
async function copyData(files: Files, folder: string, { onProgress }: Parameters<CopyData>[2]): Promise<string> {
  const base = join('data', folder);
  let target = base;
  for (let n = 2; existsSync(target); n++) target = `${base}-${n}`;
  const paths: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for (const { name, isFile } of await files.list(join(folder, below))) {
      if (isFile) paths.push(join(below, name));
      else await walk(join(below, name));
    }
  };
  await walk('');
  for (const [k, path] of paths.entries()) {
    put(target, path, await files.read(join(folder, path)));
    onProgress(k + 1, paths.length);
  }
  return target;
}
