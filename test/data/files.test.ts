/** Data folders over other files than those of the disk, as a page has them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Files } from '../../src/data/folder/files.js';
import { readDataset } from '../../src/data/folder/read-dataset.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { droppedFiles } from '../../src/platform/web/files/dropped-files.js';
import { rejection } from '../support/throws.js';

/** Files by path; each path also makes the folders above it. */
function dropped(contents: Readonly<Record<string, Uint8Array<ArrayBuffer>>>): Files {
  return droppedFiles(Object.entries(contents).map(([path, bytes]) => ({ path, file: new File([bytes], path) })));
}

const grey = (...data: number[]) =>
  Uint8Array.from(encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.from(data) }));
const OPTIONS = { size: 2, seed: 1 };

test('pairs are read from dropped files, nested folders of masks too', async () => {
  const files = dropped({
    'scans/images/a.png': grey(0, 51),
    'scans/images/b.png': grey(102, 0),
    'scans/masks/core/a.png': grey(0, 255),
    'scans/masks/rim/b.png': grey(255, 0),
    'scans/split.json': Uint8Array.from(Buffer.from('{"train": ["a"], "validation": ["b"]}')),
  });
  const dataset = await readDataset(files, 'scans', OPTIONS);
  assert.equal([dataset.name, dataset.classNames, dataset.split.train], ['scans', ['core', 'rim'], ['a']]);
  const { image, mask } = await dataset.load('b');
  assert.is(image.data[0], Math.fround(102 / 255));
  assert.equal(mask.data.subarray(0, 2), Uint8Array.of(2, 0));
});

test('a file that is changed after it was dropped is named, with what to do', async () => {
  const file = new File([grey(0, 51)], 'a.png');
  const gone = Object.assign(file, {
    slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }),
  });
  const files = droppedFiles([{ path: 'scans/a.png', file: gone }]);
  const reason = 'it was changed or removed since it was given to the page; give it again (NotReadableError)';
  assert.is(await rejection(files.read('scans/a.png')), `scans/a.png: cannot be read: ${reason}`);
  const missing = 'it is not among the files that were dropped; drop its folder again';
  assert.is(await rejection(files.open('scans/b.png')), `scans/b.png: cannot be read: ${missing}`);
});

test('what is missing is said as on the disk', async () => {
  const files = dropped({ 'scans/notes.txt': grey(0, 0), 'tumours/1.mat': grey(0, 0) });
  const refusal = (folder: string) => rejection(readDataset(files, folder, OPTIONS));
  assert.is(await refusal('nowhere'), 'nowhere: no such folder');
  assert.is(
    await refusal('scans/notes.txt'),
    'scans/notes.txt: a file, not a folder; give the folder that holds images/',
  );
  assert.match(await refusal('scans'), 'scans: not a data folder: expected images/NAME.png and masks/NAME.png');
  assert.is(
    await refusal('tumours'),
    'tumours/1.mat: MATLAB files cannot be read here; convert the folder with unetpp convert',
  );
});

test.run();
