/** What is dropped and chosen: the files of folders, their paths, and those that nobody means. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chosen, dropped } from '../../../site/app/open/dropped-files.js';
import { isHidden } from '../../../site/engine/hidden-files.js';

/** A file system as browsers show it: folders list their entries a hundred at a time, then none. */
type Tree = { readonly [name: string]: Tree | string };

function entryOf(name: string, tree: Tree | string, parent = ''): FileSystemEntry {
  const fullPath = `${parent}/${name}`;
  if (typeof tree === 'string') {
    const file = (resolve: (file: File) => void, reject: (error: Error) => void) =>
      tree === 'gone' ? reject(new Error('the file is gone')) : resolve(new File([tree], name));
    return { isFile: true, isDirectory: false, name, fullPath, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(tree).map(([inside, subtree]) => entryOf(inside, subtree, fullPath));
    return { readEntries: (resolve: (entries: FileSystemEntry[]) => void) => resolve(left.splice(0, 100)) };
  };
  return { isFile: false, isDirectory: true, name, fullPath, createReader } as unknown as FileSystemEntry;
}

function itemsOf(tree: Tree): DataTransferItem[] {
  return Object.entries(tree).map(
    ([name, subtree]) => ({ webkitGetAsEntry: () => entryOf(name, subtree) }) as unknown as DataTransferItem,
  );
}

const paths = ({ files }: { readonly files: readonly { readonly path: string }[] }) => files.map(({ path }) => path);

test('a folder gives all its files, with their paths below it', async () => {
  const tree = { scans: { masks: { 'b.png': 'm' }, images: { 'b.png': '12', 'a.png': '1' }, 'split.json': '{}' } };
  const found = await dropped(itemsOf(tree), () => {});
  assert.is(found.name, 'scans');
  assert.equal(paths(found), ['images/a.png', 'images/b.png', 'masks/b.png', 'split.json']);
  assert.equal(
    found.files.map(({ file }) => file.size),
    [1, 2, 1, 2],
  );
});

test('a folder of more than a hundred files is read to its end', async () => {
  const many = Object.fromEntries(Array.from({ length: 2345 }, (_, k) => [`${k}.png`, 'x']));
  const counts: number[] = [];
  const found = await dropped(itemsOf({ cells: { images: many } }), (files) => counts.push(files));
  assert.is(found.files.length, 2345);
  assert.equal(counts.slice(0, 3), [0, 100, 200]);
});

test('hidden files are left out, and counted', async () => {
  const tree = {
    scans: { '.DS_Store': 'x', 'Thumbs.db': 'x', images: { '._a.png': 'x', 'a.png': 'x' } },
    __MACOSX: { scans: { images: { 'a.png': 'x' } } },
  };
  const found = await dropped(itemsOf(tree), () => {});
  assert.is(found.name, 'scans');
  assert.equal(paths(found), ['images/a.png']);
  assert.is(found.hidden, 4);
  assert.is(isHidden('a/desktop.ini'), true);
  assert.is(isHidden('a/Desktop.init.png'), false);
});

test('an empty folder gives no file', async () => {
  assert.equal(await dropped(itemsOf({ empty: { inside: {} } }), () => {}), { name: 'dropped', files: [], hidden: 0 });
});

test('several folders and files keep their paths, and one file gives its name', async () => {
  const two = await dropped(itemsOf({ images: { 'a.png': 'x' }, masks: { 'a.png': 'x' } }), () => {});
  assert.is(two.name, 'dropped');
  assert.equal(paths(two), ['images/a.png', 'masks/a.png']);
  assert.is((await dropped(itemsOf({ 'scan.nii.gz': 'x' }), () => {})).name, 'scan');
});

test('what is in no file system is taken as a file', async () => {
  const file = new File(['abc'], 'pasted.png');
  const item = { webkitGetAsEntry: () => null, getAsFile: () => file } as unknown as DataTransferItem;
  const text = { webkitGetAsEntry: () => null, getAsFile: () => null } as unknown as DataTransferItem;
  assert.equal((await dropped([item, text], () => {})).files, [{ path: 'pasted.png', file }]);
});

test('a file that cannot be read is an error, in the words of the browser', async () => {
  try {
    await dropped(itemsOf({ scans: { 'a.png': 'gone' } }), () => {});
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'the file is gone');
  }
});

test('an input gives files by themselves, or with their paths in the folder', () => {
  const file = (name: string, webkitRelativePath = '') =>
    Object.defineProperty(new File(['x'], name), 'webkitRelativePath', { value: webkitRelativePath });
  assert.equal(paths(chosen([file('b.png'), file('a.png')])), ['a.png', 'b.png']);
  const folder = chosen([file('a.png', 'cells/images/a.png'), file('.DS_Store', 'cells/.DS_Store')]);
  assert.is(folder.name, 'cells');
  assert.equal(paths(folder), ['images/a.png']);
});

test.run();
