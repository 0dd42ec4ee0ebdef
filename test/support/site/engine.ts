/** The engine of the page in Node: what it keeps lies in the folder of the test. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import { createEngine } from '../../../site/engine/methods.js';
import type { DroppedFile, Engine, TrainingEvents } from '../../../site/engine/protocol.js';

/** A suite whose tests each get an engine on one thread, and an empty folder, which is the working directory. */
export function suiteWithEngine(name: string) {
  const test = suite<{ dir: string; engine: Engine }>(name, { dir: '', engine: undefined! });
  test.before.each(async (context) => {
    context.dir = mkdtempSync(join(tmpdir(), 'unetpp-engine-'));
    process.chdir(context.dir);
    context.engine = createEngine('0.0.0');
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
