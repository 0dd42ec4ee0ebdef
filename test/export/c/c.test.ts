/** The export in C: what its program computes, and what it says of images that do not fit. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from '../../../src/app/export/c.js';
import { testImage } from '../../../src/app/export/check.js';
import type { ExportRequest } from '../../../src/app/export/exporter.js';
import { kernelsText } from '../../../src/export/c/kernels.js';
import { recordProgram } from '../../../src/export/edge/record.js';
import type { Size } from '../../../src/image/frame.js';
import type { Image } from '../../../src/image/image.js';
import type { Normalisation } from '../../../src/image/normalise.js';
import { prepareImage } from '../../../src/image/prepare.js';
import { toMask } from '../../../src/infer/prediction.js';
import type { Model } from '../../../src/model/model.js';
import { prune } from '../../../src/model/prune.js';
import { type ModelConfig, norms, upsamplings } from '../../../src/network/config.js';
import { readKernels } from '../../../src/platform/node/package-files.js';
import { build, exportC, hasCompiler, run, writeFiles } from '../../support/export/c-program.js';
import { randomModel } from '../../support/export/random-model.js';
import { throwsInput } from '../../support/throws.js';

const SIZE = { width: 24, height: 16 };
const SOURCES = ['main.c', 'model.c', 'model_weights.c'];

const test = suite<{ folder: string }>('c');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'unetpp-c-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** Exports a model and builds its program. */
async function built(folder: string, model: Model, size: Size = SIZE, weights?: ExportRequest['weights']) {
  const exported = await exportC(model, size, weights);
  writeFiles(folder, exported.files);
  build(folder, 'segment', SOURCES);
  return exported;
}

/** An image as the text and the bytes of a PGM, or a PPM where it has three channels. */
function pgm({ width, height, channels, data }: Image<Uint8Array | Uint16Array>): Uint8Array {
  const bytes = data instanceof Uint8Array ? [...data] : [...data].flatMap((sample) => [sample >> 8, sample & 255]);
  const header = `P${channels === 3 ? 6 : 5}\n# a comment\n${width} ${height}\n${data instanceof Uint8Array ? 255 : 65535}\n`;
  return Uint8Array.from([...new TextEncoder().encode(header), ...bytes]);
}

/** Segments an image file in the folder; asserts that nothing is said. */
function segment(folder: string, image: string): { readonly mask: Buffer; readonly probabilities: Buffer } {
  assert.equal(run(folder, './segment', [image, 'mask.pgm', 'found.bin']), { code: 0, stdout: '', stderr: '' });
  return { mask: readFileSync(join(folder, 'mask.pgm')), probabilities: readFileSync(join(folder, 'found.bin')) };
}

/** Asserts that a program gives the bits of its model for the test image, and for one as PGM. */
async function checkBits(folder: string, model: Model, normalisation: Normalisation): Promise<void> {
  model.adopt({ ...model.card, preprocessing: { normalisation } });
  await built(folder, model);
  assert.ok(
    segment(folder, 'input.bin').probabilities.equals(readFileSync(join(folder, 'expected.bin'))),
    'test image',
  );
  const { inChannels } = model.config;
  const { width, height, data } = testImage(SIZE, inChannels);
  const deep = { width, height, channels: inChannels, data: Uint16Array.from(data, (sample) => 65535 - 250 * sample) };
  writeFileSync(join(folder, 'image.pgm'), pgm(deep));
  const image = prepareImage(deep, inChannels, { normalisation });
  const [expected] = await model.probabilities([image], 'accurate');
  const { mask, probabilities } = segment(folder, 'image.pgm');
  const { buffer, byteOffset, byteLength } = expected!.probs;
  assert.ok(probabilities.equals(new Uint8Array(buffer, byteOffset, byteLength)), 'another image');
  const white = model.config.classes === 1 ? 255 : 1;
  const pixels = toMask(expected!, 0.5).data.map((pixel) => pixel * white);
  assert.equal(
    [...mask],
    [...pgm({ width, height, channels: 1, data: pixels })].filter((_, k) => k < 3 || k > 14),
  );
}

const cases: readonly [Partial<ModelConfig>, Normalisation][] = [
  [{ filters: [8, 16, 24], norm: 'batch', inChannels: 3 }, 'range'],
  [{ filters: [6, 10], norm: 'group', upsample: 'bilinear', classes: 3 }, 'zscore'],
  [{ filters: [3, 10, 5], norm: 'instance', upsample: 'nearest' }, 'percentile'],
  [{ filters: [4, 8], deepSupervision: false }, 'window:30000,15000.5'],
];

for (const [config, normalisation] of cases) {
  test(`the bits of the model: ${JSON.stringify(config)}, ${normalisation}`, async ({ folder }) => {
    if (hasCompiler()) await checkBits(folder, randomModel(config), normalisation);
  });
}

for (const weights of ['f16', 'int8'] as const) {
  test(`--weights ${weights}: unpacked to the bits of the library`, async ({ folder }) => {
    if (!hasCompiler()) return;
    const { maxDifference } = await built(folder, randomModel({ filters: [8, 10], norm: 'batch' }), SIZE, weights);
    assert.ok(maxDifference > 0 && maxDifference < 0.05, `${maxDifference}`);
    assert.ok(segment(folder, 'input.bin').probabilities.equals(readFileSync(join(folder, 'expected.bin'))));
  });
}

test('every network has kernels in C', () => {
  for (const norm of norms) {
    for (const upsample of upsamplings) {
      for (const classes of [1, 2]) {
        const model = randomModel({ filters: [4, 33, 40], norm, upsample, classes });
        const { kernels } = recordProgram(model.record('accurate', { batch: 1, ...SIZE }), readKernels('unetpp'));
        assert.match(kernelsText(kernels), /^static void kernel_conv2d\(uint8_t \*m, /m);
        model.free();
      }
    }
  }
});

test('an image that does not fit is one line, and no mask is written', async ({ folder }) => {
  if (!hasCompiler()) return;
  await built(folder, prune(randomModel({ filters: [2, 4] }), 1));
  const image = pgm(testImage(SIZE, 1));
  const files = {
    'cut.pgm': image.subarray(0, -5),
    'large.pgm': pgm(testImage({ width: 32, height: 16 }, 1)),
    'header.pgm': new TextEncoder().encode('P5\n24 x'),
    'colours.ppm': pgm(testImage(SIZE, 3)),
    'floats.f32': new Uint8Array(1540),
    'none.pgm': new Uint8Array(),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const floats = 'neither a PGM nor 16x24x1 float32 values (1536 bytes)';
  const lines = {
    'cut.pgm': 'cut off, 379 of 384 samples; copy it again',
    'large.pgm': 'an image of 32x16, the network reads 24x16; resize it first',
    'header.pgm': 'no header of a PGM; convert it again',
    'colours.ppm': 'an image of 3 channels, the network reads 1; give float32 values',
    'floats.f32': floats,
    'none.pgm': floats,
    'absent.pgm': 'cannot be read; check its name',
  };
  for (const [name, line] of Object.entries(lines)) {
    const outcome = run(folder, './segment', [name, 'mask.pgm']);
    assert.equal(outcome, { code: 2, stdout: '', stderr: `segment: ${name}: ${line}\n` });
    assert.throws(() => readFileSync(join(folder, 'mask.pgm')), /ENOENT/);
  }
  assert.is(
    run(folder, './segment', ['input.bin', 'none/mask.pgm']).stderr,
    'segment: none/mask.pgm: cannot be written; check its folder\n',
  );
  assert.is(run(folder, './segment', []).stderr, 'segment: called as: ./segment IMAGE MASK.pgm [PROBABILITIES.f32]\n');
});

test('make builds the program and checks it', async ({ folder }) => {
  if (!hasCompiler() || run(folder, 'make', ['--version']).code !== 0) return;
  const { files } = await exportC(randomModel({ filters: [2, 4] }), SIZE);
  writeFiles(folder, files);
  const { code, stderr } = run(folder, 'make', ['check', 'CC=cc']);
  assert.is(stderr, '');
  assert.is(code, 0);
});

test('the header states sizes, threshold and memory', async () => {
  const model = randomModel({ filters: [2, 4] });
  model.adopt({ ...model.card, thresholds: { L1: 0.375 } });
  const { files, remarks } = await exportC(model, SIZE);
  const header = String(files.get('model.h'));
  const constants = Object.fromEntries(
    [...header.matchAll(/^#define UNETPP_(\w+) (\S+)$/gm)].map(([, k, v]) => [k, v]),
  );
  assert.equal(constants, {
    HEIGHT: '16',
    WIDTH: '24',
    CHANNELS: '1',
    CLASSES: '1',
    THRESHOLD: '0.375',
    MEMORY_BYTES: '65536',
  });
  assert.is(remarks!.at(-1), 'memory while it runs: 65,536 bytes');
});

test('a network beyond 2 GB is refused', () => {
  const input = { address: 64, width: 4096, height: 2048, channels: 1 };
  checkMemory({ pages: 32767, input });
  throwsInput(
    () => checkMemory({ pages: 50000, input }),
    '--size 4096x2048: the network needs 3.1 GB of memory, and the program in C holds 2.0 GB at most; state a smaller size',
  );
});

test.run();
