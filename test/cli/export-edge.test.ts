/** `unetpp export --format edge`: a folder that Node runs without the library. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createModel } from '../../src/index.js';
import { json, listing, refused, suiteInFolder } from '../support/cli/cli.js';

const test = suiteInFolder('cli export --format edge');
const args = (...more: string[]) => [
  'export',
  ...['--model', 'model.safetensors', '--format', 'edge', '--out', 'edge', ...more],
];

/** A model without a size of its own. */
const save = (dir: string) => createModel({ filters: [2, 4, 8] }).save(join(dir, 'model.safetensors'));

test('a head is exported for one size, and runs where there is only its folder', async ({ dir }) => {
  await save(dir);
  const { files, maxDifference, image } = json(dir, args('--size', '32x24', '--mode', 'L1', '--weights', 'int8')) as {
    files: { path: string; bytes: number }[];
    maxDifference: number;
    image: unknown;
  };
  const names = ['expected.bin', 'input.bin', 'kernels.wasm', 'plan.json', 'run.mjs', 'runner.js', 'weights.bin'];
  assert.equal(listing(join(dir, 'edge')), names);
  assert.equal(
    files.map(({ path }) => path).sort(),
    names.map((name) => `edge/${name}`),
  );
  for (const { path, bytes } of files) assert.is(readFileSync(join(dir, path)).length, bytes, path);
  assert.ok(maxDifference > 0 && maxDifference < 0.01, `${maxDifference}`);
  assert.equal(image, { width: 32, height: 24 });

  const run = (...more: string[]) => {
    const cwd = join(dir, 'edge');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['run.mjs', ...more], { cwd, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const said = '32x24x1: the probabilities are those of expected.bin, bit for bit\n';
  assert.equal(run(), { status: 0, stdout: said, stderr: '' });
  const expected = readFileSync(join(dir, 'edge/expected.bin'));
  assert.is(run('--hex').stdout, `${said}${expected.toString('hex')}\n`);

  writeFileSync(join(dir, 'edge/weights.bin'), readFileSync(join(dir, 'edge/weights.bin')).fill(1, 40, 44));
  const { status, stderr } = run();
  assert.is(status, 1);
  assert.match(
    stderr,
    /Error: weights\.bin: CRC-32 \d+, and the plan says \d+; copy the whole folder of the export again\n/,
  );
});

test('what does not fit is refused, and nothing is written', async ({ dir }) => {
  await save(dir);
  const any = 'model.safetensors takes images of any size, and this format is fixed to one; state it, 128 or 160x96';
  refused(dir, args(), `--size: ${any}`);
  refused(dir, args('--size', '30'), '--size 30x30: a network of depth 2 needs a multiple of 4; use 28 or 32');
});

test.run();
