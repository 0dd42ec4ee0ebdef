/** The rule of checkpoints over files in memory: whoever is killed before any step, a good one is found, and it is the newest. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Checkpoints } from '../../src/runs/checkpoints.js';
import { checkpointOf, numberOf } from '../support/training/checkpoints.js';
import { Killed, MemoryFolder } from '../support/training/memory-folder.js';

/** What a later process reads, which may be killed as well; undefined where it was. */
async function read(files: Map<string, Uint8Array>, killAt?: number): Promise<number | undefined> {
  try {
    const found = await new Checkpoints(new MemoryFolder(files, killAt)).read();
    assert.is(found?.warning, undefined);
    return found && numberOf(found.checkpoint);
  } catch (error) {
    if (error instanceof Killed) return undefined;
    throw error;
  }
}

/** Writes checkpoint 3 after 1 and 2. @returns the files, and whether it came to its end */
async function writeThird(killAt: number): Promise<{ files: Map<string, Uint8Array>; done: boolean }> {
  const files = new Map<string, Uint8Array>();
  const before = new Checkpoints(new MemoryFolder(files));
  for (const n of [1, 2]) await before.write(checkpointOf(n));
  try {
    await new Checkpoints(new MemoryFolder(files, killAt)).write(checkpointOf(3));
    return { files, done: true };
  } catch (error) {
    assert.instance(error, Killed);
    return { files, done: false };
  }
}

test('killed before each step of a write, and before each step of the reading after it', async () => {
  const found: (number | undefined)[] = [];
  for (let killAt = 1; ; killAt++) {
    const { files, done } = await writeThird(killAt);
    const after = [...files];
    for (let step = 1; step <= 4; step++) {
      const files = new Map(after);
      const first = await read(files, step);
      const second = await read(files);
      assert.ok(first === undefined || first === second, `${first}, then ${second}`);
    }
    found.push(await read(files));
    if (done) break;
  }
  // Until the file has all four parts, and then before it is forced to the disk, both renames, and the names are forced.
  assert.equal(found, [2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
});

test('a disk that is full: what was there can be read, and the next write succeeds', async () => {
  const files = new Map<string, Uint8Array>();
  await new Checkpoints(new MemoryFolder(files)).write(checkpointOf(1));
  const folder = new MemoryFolder(files);
  const writeParts = folder.writeParts.bind(folder);
  folder.writeParts = async (name, parts) => {
    files.set(name, parts[0]!.slice(0, 10));
    throw new Error('the disk is full');
  };
  const checkpoints = new Checkpoints(folder);
  const message = await checkpoints.write(checkpointOf(2)).catch((error: Error) => error.message);
  assert.is(message, 'the disk is full');
  assert.equal([...files.keys()], ['checkpoint.safetensors']);
  assert.is(await read(files), 1);
  folder.writeParts = writeParts;
  await checkpoints.write(checkpointOf(3));
  assert.is(await read(files), 3);
});

test.run();
