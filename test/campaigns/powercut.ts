/**
 * Power cuts while a training writes. A training is recorded: what it writes, syncs, renames. From the record up to a random
 * operation, a state of the disk is built that a cut may leave there (`Disk`). The training goes on from it, recorded too and
 * perhaps cut again, from no place before the last checkpoint that it was told is on the disk; and ends with the undisturbed
 * bits. Before the first checkpoint it may have to begin again, which it says in one line.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../src/base/random.js';
import { decodeCheckpoint } from '../../src/train/checkpoint/checkpoint.js';
import { begunEpoch } from '../../src/train/checkpoint/resume.js';
import { type Campaign, eachTry } from './campaign.js';
import { Disk } from './disk.js';
import type { Operation } from './file-operations.js';
import {
  assertDone,
  at,
  FILE_OPERATIONS,
  isBefore,
  isRefusal,
  type Launcher,
  type Place,
  placeOf,
  SMALLEST,
  SmallTraining,
} from './small-training.js';

const START: Place = { epoch: 1, images: 0 };

/** How many cuts of one training are tried at most. */
const CUTS = 3;

export const powercut: Campaign = async (folder, options, report) => {
  const record = join(folder, 'operations.jsonl');
  const training = await SmallTraining.make(folder, SMALLEST, recorded(record));
  const undisturbed = readRecord(record);
  await eachTry(options, report, 2, async (random, name) => {
    const home = training.home(name);
    const log = join(home, '..', `${name}.jsonl`);
    let [disk, operations, promised] = [new Disk(), undisturbed, START];
    for (let cuts = 1 + random.integer(CUTS); cuts > 0; cuts--) {
      training.remove(name);
      promised = (await cutSomewhere(disk, operations, training.home(name), random)) ?? promised;
      report.count('states of the disk');
      disk = Disk.holding(home);
      const outcome = await training.goOn(name, 1, recorded(log)).ended;
      if (promised === START && isRefusal(outcome)) {
        report.count('of them not to be gone on with, as one line says, before the first checkpoint');
        training.remove(name);
        assertDone(await training.begin(name, 1).ended);
        cuts = 0;
      } else assertDone(outcome);
      const place = placeOf(outcome);
      if (isBefore(place, promised)) {
        throw new Error(`went on ${at(place)}, but a checkpoint ${at(promised)} was on the disk`);
      }
      training.assertUndisturbed(name);
      operations = readRecord(log);
    }
    training.remove(name);
  });
};

/** Node, with the operations on files written to `record`. */
function recorded(record: string): Launcher {
  return [process.execPath, '--import', `${FILE_OPERATIONS}?record=${record}`];
}

function readRecord(record: string): Operation[] {
  const lines = readFileSync(record, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/**
 * Does a random number of `operations` on `disk`, and writes into `folder` what a power cut leaves then.
 * @returns where the last checkpoint stands that must be there: the folder was synced after it got its name
 */
async function cutSomewhere(
  disk: Disk,
  operations: readonly Operation[],
  folder: string,
  random: Random,
): Promise<Place | undefined> {
  let checkpoint: Uint8Array | undefined;
  for (const operation of operations.slice(0, 1 + random.integer(operations.length))) {
    disk.do(operation);
    if (operation.kind === 'sync' && operation.path === 'run') checkpoint = disk.read('run/checkpoint.safetensors');
  }
  disk.cut(folder, random);
  return checkpoint && begunEpoch(await decodeCheckpoint(checkpoint, 'checkpoint'));
}
