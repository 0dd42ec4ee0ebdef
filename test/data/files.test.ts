/** Data folders over other files than those of the disk, as a page has them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { type Files, UnlistedFolder } from '../../src/data/folder/files.js';
import { readDataset } from '../../src/data/folder/read-dataset.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { sourceOf } from '../../src/formats/source.js';
import { rejection } from '../support/throws.js';

/** Files by path; each path also makes the folders above it. */
function dropped(contents: Readonly<Record<string, Uint8Array>>): Files {
  const paths = Object.keys(contents);
  const read = async (path: string) => {
    const bytes = contents[path];
    if (!bytes) throw new InputError(`${path}: not among the files`);
    return bytes;
  };
  return {
    join: (folder, ...names) => [folder, ...names].join('/'),
    nameOf: (folder) => folder.split('/').at(-1)!,
    async list(folder) {
      const inside = paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
      if (inside.length === 0) throw new UnlistedFolder(folder, contents[folder] ? 'ENOTDIR' : 'ENOENT');
      const names = new Set(inside.map((path) => path.split('/')[0]!));
      return [...names].map((name) => ({ name, isFile: `${folder}/${name}` in contents }));
    },
    read,
    open: async (path) => sourceOf(await read(path), path),
  };
}

const grey = (...data: number[]) => encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.from(data) });
const OPTIONS = { size: 2, seed: 1 };

test('pairs are read from dropped files, nested folders of masks too', async () => {
  const files = dropped({
    'scans/images/a.png': grey(0, 51),
    'scans/images/b.png': grey(102, 0),
    'scans/masks/core/a.png': grey(0, 255),
    'scans/masks/rim/b.png': grey(255, 0),
    'scans/split.json': new TextEncoder().encode('{"train": ["a"], "validation": ["b"]}'),
  });
  const dataset = await readDataset(files, 'scans', OPTIONS);
  assert.equal([dataset.name, dataset.classNames, dataset.split.train], ['scans', ['core', 'rim'], ['a']]);
  const { image, mask } = await dataset.load('b');
  assert.is(image.data[0], Math.fround(102 / 255));
  assert.equal(mask.data.subarray(0, 2), Uint8Array.of(2, 0));
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
