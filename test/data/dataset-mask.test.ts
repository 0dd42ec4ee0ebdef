import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { binaryMask } from '../../src/data/folder/mask.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { decodePng, type PngImage } from '../../src/formats/png/png.js';

const row = (channels: 1 | 3, ...values: number[]): PngImage => ({
  width: values.length / channels,
  height: 1,
  channels,
  data: values.some((value) => value > 255) ? Uint16Array.from(values) : Uint8Array.from(values),
});

function mask(png: PngImage): number[] {
  const { width, height, channels, data } = binaryMask(png, 'masks/a.png');
  assert.equal([width, height, channels], [png.width, png.height, 1]);
  return [...data];
}

function refusal(png: PngImage): string {
  try {
    binaryMask(png, 'masks/a.png');
  } catch (error) {
    assert.instance(error, InputError);
    return (error as InputError).message;
  }
  return assert.unreachable('accepted') as never;
}

test('0 and 255, 0 and 1, 0 and 65535, and either alone', () => {
  assert.equal(mask(row(1, 0, 255, 0)), [0, 1, 0]);
  assert.equal(mask(row(1, 1, 0, 1)), [1, 0, 1]);
  assert.equal(mask(row(1, 0, 65535)), [0, 1]);
  assert.equal(mask(row(1, 0, 0)), [0, 0]);
  for (const white of [1, 255, 65535]) assert.equal(mask(row(1, white, white)), [1, 1]);
});

test('alpha is ignored, equal channels are grey', () => {
  const stored = (channels: number, ...values: number[]) =>
    decodePng(encodePng({ width: 2, height: 1, channels, data: Uint8Array.from(values) }), 'masks/a.png');
  assert.equal(mask(stored(2, 0, 255, 255, 7)), [0, 1]);
  assert.equal(mask(row(3, 0, 0, 0, 255, 255, 255)), [0, 1]);
  assert.equal(mask(stored(4, 1, 1, 1, 9, 0, 0, 0, 255)), [1, 0]);
});

test('a palette counts by its colours when they make a mask, else by index', () => {
  const palette = (colours: number[][], ...indices: number[]) => ({
    ...row(3, ...indices.flatMap((index) => colours[index]!)),
    indices: Uint8Array.from(indices),
  });
  const [black, white, red, green] = [
    [0, 0, 0],
    [255, 255, 255],
    [128, 0, 0],
    [0, 128, 0],
  ];
  assert.equal(mask(palette([black, red], 0, 1, 1)), [0, 1, 1]);
  assert.equal(mask(palette([red, green], 0, 1, 0)), [0, 1, 0]);
  assert.equal(mask(palette([white, black], 0, 1)), [1, 0]);
  assert.equal(mask(palette([black, red, green], 0, 2)), [0, 1]);
  assert.equal(mask(palette([black, red], 1, 1)), [1, 1]);
  assert.is(
    refusal(palette([black, red, green], 0, 1, 2)),
    'masks/a.png: a palette mask must use two colours, index 0 for background and one other, found 3: 0, 1, 2; ' +
      'threshold it first',
  );
});

test('other values are named', () => {
  const expected = 'masks/a.png: a mask must hold two values (0 and 255, or 0 and 1), found';
  assert.is(
    refusal(row(1, 7, 0, 255, 33, 12, 7)),
    `${expected} 5: 0, 7, 12, 33, ...; threshold it first, or where it numbers objects read it with --instances`,
  );
  assert.is(
    refusal(row(1, 0, 128)),
    `${expected} 2: 0, 128; threshold it first, or where it numbers objects read it with --instances`,
  );
  assert.is(
    refusal(row(1, 255, 1)),
    `${expected} 2: 1, 255; threshold it first, or where it numbers objects read it with --instances`,
  );
  assert.is(
    refusal(row(1, 300, 300)),
    `${expected} 1: 300; threshold it first, or where it numbers objects read it with --instances`,
  );
  const rgb = row(3, 0, 0, 0, 255, 0, 10);
  assert.is(refusal(rgb), `${expected} colour: 255, 0, 10 at pixel (1, 0); save it as a grey image`);
});

test.run();
