/** Outputs: no file of the user's is written over, and no folder is made because of a typing error. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { SCORES_CSV } from '../../src/app/evaluation/report-files.js';
import { CONTACT_SHEET, MASK, OVERLAY } from '../../src/app/kinds.js';
import { outputsOf } from '../../src/app/outputs.js';
import { type FileKind, HEAD_BYTES } from '../../src/formats/file-kind.js';
import { encodeNpy, NPY } from '../../src/formats/npy.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { decodePng } from '../../src/formats/png/png.js';
import { createModel, prune } from '../../src/index.js';
import { DERIVED_MODEL, encodeModel } from '../../src/model/modelfile.js';
import { makeFolder, replaceUnchanged } from '../../src/platform/node/files/outputs.js';
import { putPairs, suiteInFolder } from '../support/cli/cli.js';
import { messageOf } from '../support/faults.js';

const test = suiteInFolder('outputs');
const ELSEWHERE = 'so nothing is written there; give another place';

const IMAGE = { width: 3, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
/** A kind whose files begin with a word. */
const NOTE: FileKind = { name: 'a note', begins: (head) => head.startsWith('note') };

/** Asks for a file as a command does; `sources` are what it reads. */
const ask = (path: string, kind: FileKind, force = false, sources = {}) =>
  outputsOf({ force }, sources).file(path, kind);

test('what this program wrote is written over by its own kind, all else with force only', async ({ dir }) => {
  const path = join(dir, 'a');
  const refused = `${path}: exists, and is not a note that unetpp wrote; give another name, or replace it with --force`;
  await (await ask(path, NOTE)).write('note 1');
  await (await ask(path, NOTE)).write('note 2');
  assert.is(readFileSync(path, 'utf8'), 'note 2');
  writeFileSync(path, 'a letter');
  assert.is(await messageOf(ask(path, NOTE)), refused);
  assert.is(readFileSync(path, 'utf8'), 'a letter');
  await (await ask(path, NOTE, true)).write('note 3');
  assert.is(readFileSync(path, 'utf8'), 'note 3');
  writeFileSync(path, '');
  await (await ask(path, NOTE)).write('note 4');
  assert.is(readFileSync(path, 'utf8'), 'note 4', 'in an empty file there is nothing to lose');
});

test('a file that appears during the work is not written over either', async ({ dir }) => {
  const path = join(dir, 'a');
  const file = await ask(path, NOTE);
  writeFileSync(path, 'a letter');
  const refused = 'exists, and is not a note that unetpp wrote; give another name, or replace it with --force';
  assert.is(await messageOf(file.write('note')), `${path}: ${refused}`);
  assert.is(readFileSync(path, 'utf8'), 'a letter');
  assert.equal(readdirSync(dir), ['a'], 'nothing temporary');
});

test('folders, links and pipes are never replaced', async ({ dir }) => {
  writeFileSync(join(dir, 'note'), 'note');
  mkdirSync(join(dir, 'folder'));
  symlinkSync('note', join(dir, 'link'));
  symlinkSync('nothing', join(dir, 'dangling'));
  spawnSync('mkfifo', [join(dir, 'pipe')]);
  const link = 'a symbolic link, which is never replaced; give another name';
  const device = 'not a regular file but a device, a pipe or a socket, which is never replaced; give another name';
  for (const force of [false, true]) {
    for (const [path, why] of [
      [join(dir, 'folder'), 'a folder, expected a file; give the name of a file'],
      [join(dir, 'link'), link],
      [join(dir, 'dangling'), link],
      [join(dir, 'pipe'), device],
      ['/dev/null', device],
    ] as const) {
      assert.is(await messageOf(ask(path, NOTE, force)), `${path}: ${why}`);
    }
  }
});

test('nothing is written to what is read, however the path is spelt, not with force either', async ({ dir }) => {
  putPairs(dir, 2);
  writeFileSync(join(dir, 'model'), '');
  symlinkSync('data', join(dir, 'link'));
  const [model, data] = [join(dir, 'model'), join(dir, 'data')];
  const outputs = outputsOf({ force: true }, { '--model': model, '--data': `${data}/`, '--config': undefined });
  for (const path of [model, `${dir}/data/../model`, `${dir}/link/../model`]) {
    assert.is(await messageOf(outputs.file(path, NOTE)), `${path}: --model reads it, ${ELSEWHERE}`);
  }
  for (const path of [data, `${data}/`, `${dir}/link`, `${dir}/model/../data`]) {
    assert.is(await messageOf(outputs.folder(path)), `${path}: --data reads it, ${ELSEWHERE}`);
  }
  for (const path of [`${data}/new`, `${dir}/link/masks`, `${data}/images/../masks/n0.png`, `${data}/split.json`]) {
    const inside = `${path}: in the folder that --data reads (${data}/), ${ELSEWHERE}`;
    assert.is(await messageOf(outputs.folder(path)), inside);
    assert.is(await messageOf(outputs.file(path, NOTE)), inside);
  }
  await outputs.folder(`${data}-more`);
  await outputs.file(join(dir, 'data.csv'), NOTE);
});

test('a data folder that this call does not read takes no results either', async ({ dir }) => {
  putPairs(dir, 2);
  const put = (path: string) => {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), encodePng(IMAGE));
  };
  ['cells/a/images/a.png', 'cells/a/masks/1.png', 'cells/b/images/b.png', 'cells/b/masks/1.png'].forEach(put);
  ['classes/images/a.png', 'classes/masks/tumour/a.png', 'mats/1.mat', 'images/a.png'].forEach(put);
  const outputs = outputsOf({ force: true }, {});
  for (const [path, root] of [
    ['data', 'data'],
    ['data/images', 'data'],
    ['data/masks', 'data'],
    ['data/masks/new', 'data'],
    ['classes/masks/tumour', 'classes'],
    ['cells', 'cells'],
    ['cells/c', 'cells'],
    ['cells/a/masks', 'cells/a'],
    ['mats', 'mats'],
  ] as const) {
    const what = path === root ? 'a data folder' : `belongs to the data folder ${join(dir, root)}`;
    assert.is(await messageOf(outputs.folder(join(dir, path))), `${join(dir, path)}: ${what}, ${ELSEWHERE}`);
  }
  for (const path of ['masks', 'data/predicted', 'cells-masks', '.']) await outputs.folder(join(dir, path));

  await makeFolder(join(dir, 'masks'));
  writeFileSync(join(dir, 'masks/a.png'), encodePng(IMAGE, MASK.text));
  writeFileSync(join(dir, 'masks/a-overlay.png'), encodePng(IMAGE, OVERLAY.text));
  await outputs.folder(join(dir, 'masks'));
  writeFileSync(join(dir, 'masks/a.png'), encodePng(IMAGE));
  const drawn = `belongs to the data folder ${dir}, ${ELSEWHERE}`;
  assert.is(await messageOf(outputs.folder(join(dir, 'masks'))), `${join(dir, 'masks')}: ${drawn}`);
});

test('of a path that was typed, the last folder is made and no other', async ({ dir }) => {
  const outputs = outputsOf({}, {});
  const [folder, file, tree] = [join(dir, 'a'), join(dir, 'a/x'), join(dir, 'b/c')];
  const missing = (above: string) => `there is no folder ${join(dir, above)}; create it, or correct the path`;
  assert.is(await messageOf(outputs.file(file, NOTE)), `${file}: cannot be written: ${missing('a')}`);
  assert.is(await messageOf(outputs.folder(tree)), `${tree}: cannot be created: ${missing('b')}`);
  await outputs.folder(folder);
  const result = await outputs.file(file, NOTE);
  assert.equal(readdirSync(dir), [], 'asking makes nothing');
  await makeFolder(folder);
  await makeFolder(folder);
  await result.write('note');
  assert.is(readFileSync(file, 'utf8'), 'note');
  await outputs.folder(tree, { parents: true });
  const notFolder = `${file}: a file, expected a folder; give another name`;
  assert.is(await messageOf(outputs.folder(file)), notFolder);
  assert.is(
    await messageOf(outputs.folder(join(file, 'y'))),
    `${join(file, 'y')}: cannot be created: a part of the path is a file, expected a folder; correct the path (ENOTDIR)`,
  );
});

test('two results of one call are two files', async ({ dir }) => {
  symlinkSync('.', join(dir, 'link'));
  const outputs = outputsOf({ force: true }, {});
  await outputs.file(join(dir, 'a'), NOTE);
  for (const path of [join(dir, 'a'), join(dir, 'link/a')]) {
    assert.is(
      await messageOf(outputs.file(path, NOTE)),
      `${path}: two results would be written to it; rename one of them`,
    );
  }
});

test('a new folder is empty or not there, or holds what may be passed over', async ({ dir }) => {
  const path = join(dir, 'a');
  const passOver = (name: string) => name.startsWith('.lock');
  await outputsOf({}, {}).newFolder(path);
  mkdirSync(path);
  writeFileSync(join(path, '.lock'), '');
  await outputsOf({}, {}).newFolder(path, { passOver });
  const full = `${path}: exists and is not empty; give another folder, or write into it with --force`;
  assert.is(await messageOf(outputsOf({}, {}).newFolder(path)), full);
  writeFileSync(join(path, 'other'), '');
  assert.is(await messageOf(outputsOf({}, {}).newFolder(path, { passOver })), full);
  await outputsOf({ force: true }, {}).newFolder(path);
});

test('where nothing can be written is told before the work', ({ dir }) => {
  chmodSync(dir, 0o555);
  const url = new URL('../../src/app/outputs.js', import.meta.url).href;
  // For good, unlike in `withoutRoot`: who may write is asked of the real user.
  const code = `
    import { outputsOf } from '${url}';
    if (process.getuid() === 0) process.setuid(65534);
    const kind = { name: 'a note', begins: () => false };
    for (const asked of [outputsOf({}, {}).file('${dir}/a', kind), outputsOf({}, {}).folder('${dir}/b')]) {
      await asked.catch((error) => console.log(error.message));
    }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  chmodSync(dir, 0o755);
  const denied = 'permission denied; change the permissions or choose another place (EACCES)';
  assert.is(stdout, `${dir}/a: cannot be written: ${denied}\n${dir}/b: cannot be created: ${denied}\n`);
});

test('a link to a file that is written over in place stays a link', async ({ dir }) => {
  const [path, link] = [join(dir, 'a'), join(dir, 'link')];
  writeFileSync(path, 'old');
  symlinkSync('a', link);
  await replaceUnchanged(link, Buffer.from('old'), Buffer.from('new'));
  assert.is(readFileSync(path, 'utf8'), 'new');
  assert.equal(
    readdirSync(dir, { withFileTypes: true }).map((entry) => entry.isSymbolicLink()),
    [false, true],
  );
});

/** The beginning of a file, as kinds are given it. */
const head = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('latin1').slice(0, HEAD_BYTES);

test('pictures say what they are, and are read as before', () => {
  for (const data of [IMAGE.data, Uint16Array.from(IMAGE.data)]) {
    const png = encodePng({ ...IMAGE, data }, MASK.text);
    assert.equal(decodePng(png, 'mask').data, data);
    assert.equal(
      [MASK, OVERLAY, CONTACT_SHEET].map((kind) => kind.begins(head(png))),
      [true, false, false],
    );
  }
  assert.not.ok(MASK.begins(head(encodePng(IMAGE))), 'those of nobody');
  const gimp = encodePng(IMAGE, { Software: 'GIMP', Title: 'mask' });
  assert.not.ok(MASK.begins(head(gimp)));
});

test('tables, arrays and models say what they are', async () => {
  assert.ok(SCORES_CSV.begins('image,dice,iou,precision,sensitivity,specificity,hd95,assd,distance_unit\r\nn0,1'));
  assert.not.ok(
    SCORES_CSV.begins('image,dice,iou,precision,sensitivity,specificity,hd95,assd,distance_unit,comment\r\n'),
  );
  assert.not.ok(SCORES_CSV.begins('image,dice\r\n'));
  const npy = head(encodeNpy([2, 1], new Float32Array(2)));
  assert.ok(NPY.begins(npy));
  assert.not.ok(NPY.begins(npy.replace('# unetpp', '        ')));

  const model = createModel({ filters: [2, 4, 6] });
  const isDerived = async (model: Parameters<typeof encodeModel>[0]) =>
    DERIVED_MODEL.begins(head(await encodeModel(model)));
  assert.ok(await isDerived(model), 'not trained, as from import-torch');
  model.adopt({ ...model.card, training: { dataset: 'd'.repeat(HEAD_BYTES), epochs: 3 } });
  assert.not.ok(await isDerived(model), 'hours of work');
  assert.ok(await isDerived(prune(model, 1)));
  assert.not.ok(DERIVED_MODEL.begins(head('\0\0\0\0\0\0\0\0{"__metadata__":{"format":"pt"},')));
});

test.run();
