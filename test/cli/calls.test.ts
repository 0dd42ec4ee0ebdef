import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { put, refused, suiteInFolder, TRAIN_JS, unetpp, unetppAlone } from '../support/cli/cli.js';

const test = suiteInFolder('cli calls');
const COMMANDS =
  'train plan evaluate compare predict prune compress study runs info check convert export import-torch import-onnx doctor selftest'.split(
    ' ',
  );

test('--version, and help of everything', ({ dir }) => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  assert.equal(unetpp(dir, ['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  const root = unetppAlone(dir, ['--help']);
  assert.equal([root.code, root.stderr], [0, '']);
  for (const name of COMMANDS) {
    assert.match(root.stdout, `\n  ${name} [options] `);
    const { code, stdout, stderr } = unetpp(dir, [name, '--help']);
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^Usage: unetpp ${name} .*\\[options\\]\n`));
    assert.match(stdout, `\nExample:\n  unetpp ${name} --`);
    for (const line of stdout.split('\nExample:')[0]!.split('\n')) assert.ok(line.length <= 110, line);
  }
  const help = unetppAlone(dir, ['--help'], TRAIN_JS);
  assert.equal(help, unetpp(dir, ['help', 'train']));
  assert.match(help.stdout, '(default: 32,64,128,256,512; without --data 8,16,32,64,128)');
});

test('no command: help on stderr, code 2', ({ dir }) => {
  const { code, stdout, stderr } = unetppAlone(dir, []);
  assert.equal([code, stdout], [2, '']);
  assert.match(stderr, /^Usage: unetpp COMMAND \[options\]\n/);
});

test('unknown commands, options and arguments', ({ dir }) => {
  const commands = `the commands are ${COMMANDS.join(', ')}: see unetpp --help`;
  refused(dir, ['trian'], `unknown command 'trian' (Did you mean train?); ${commands}`);
  refused(dir, ['--data', 'x'], `unknown option '--data'; ${commands}`);
  const train = 'see unetpp train --help';
  refused(dir, ['train', '--epoch', '3'], `unknown option '--epoch' (Did you mean --epochs?); ${train}`);
  refused(dir, ['train', '--zzz'], `unknown option '--zzz'; ${train}`);
  refused(dir, ['train', 'scans'], `unexpected argument "scans"; values follow an option: ${train}`);
  const missing = { code: 2, stdout: '', stderr: `unetpp: option '--data <dir>' argument missing; ${train}\n` };
  assert.equal(unetpp(dir, ['train', '--data']), missing);
  refused(dir, ['predict'], "required option '--model <file...>' not specified; see unetpp predict --help");
});

test('values that an option does not take', ({ dir }) => {
  const wrong = (option: string, flags: string, value: string, expected: string) => {
    const message = `option '${option} <${flags}>' argument '${value}' is invalid. ${expected}; see unetpp train --help`;
    refused(dir, ['train', option, value], message);
  };
  const list = 'Expected whole numbers with commas between them, like 16,32,64; found';
  wrong('--filters', 'list', '16,x', `${list} "x"`);
  wrong('--filters', 'list', '', `${list} ""`);
  wrong('--filters', 'list', '8,0', `${list} "0"`);
  wrong('--epochs', 'n', '0', 'Expected a whole number from 1 to 1000000000');
  wrong('--epochs', 'n', '1e2', 'Expected a whole number from 1 to 1000000000');
  wrong('--size', 'pixels', '12.5', 'Expected a whole number of pixels from 1 to 16384');
  wrong('--size', 'pixels', '0', 'Expected a whole number of pixels from 1 to 16384');
  wrong('--lr', 'rate', '0', 'Expected a number above 0');
  wrong('--lr', 'rate', 'fast', 'Expected a number above 0');
  wrong('--dropout', 'rate', '1', 'Expected a number from 0 to 0.99');
  wrong('--skips', 'pattern', 'dens', 'Allowed choices are dense, adjacent, original');
  wrong('--data', 'dir', '', 'Expected a path, found nothing');
  wrong('--data', 'dir', '--out', 'Expected a path, found an option');
  const filters = 'expected a list of 2 to 7 whole numbers from 1 to 4096, the channels of each level';
  refused(dir, ['train', '--filters', '8'], `train: filters is [8], ${filters}`);
  const known = 'flip, turn, elastic, affine, brightness, contrast, gamma, colour, noise, all, or none';
  refused(dir, ['train', '--augment', 'fip'], `unknown augmentation "fip"; known: ${known}`);
  const strength = 'expected a strength from 0 to 3, as in elastic:0.5';
  refused(dir, ['train', '--augment', 'flip,elastic:4'], `augmentation "elastic:4": ${strength}`);
});

test('a size that the network cannot halve', ({ dir }) => {
  const multiple = 'a network of depth 4 needs a multiple of 16; use 96 or 112';
  refused(dir, ['train', '--size', '100'], `size 100x100: ${multiple}`);
});

test('a folder for the run that cannot be used', ({ dir }) => {
  put(dir, 'full/file', 'x');
  const give = 'give another folder, or write into it with --force';
  refused(dir, ['train', '--out', 'full'], `full: exists and is not empty; ${give}`);
  refused(dir, ['train', '--out', 'full/file'], 'full/file: a file, expected a folder; give another name');
  const file = 'a part of the path is a file, expected a folder; correct the path (ENOTDIR)';
  refused(dir, ['train', '--out', 'full/file/run'], `full/file/run: cannot be created: ${file}`);
});

test('UNETPP_DEBUG shows where an error comes from', ({ dir }) => {
  process.env.UNETPP_DEBUG = '1';
  const { stderr } = unetppAlone(dir, ['info', '--model', 'none.safetensors']);
  delete process.env.UNETPP_DEBUG;
  assert.match(stderr, /^unetpp: none.safetensors: cannot be read: .*\nInputError: none.safetensors: .*\n {4}at /);
});

test('train.js in a folder that is not built', ({ dir }) => {
  put(dir, 'train.js', readFileSync(TRAIN_JS));
  put(dir, 'package.json', '{"type": "module"}');
  const { code, stdout, stderr } = unetppAlone(dir, [], join(dir, 'train.js'));
  assert.equal([code, stdout], [2, '']);
  assert.is(stderr, 'unetpp: not built yet; run `npm ci` once in this folder\n');
});

test.run();
