import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import type { Image } from '../../src/image/image.js';
import { resizeImage, resizeMask } from '../../src/image/resize.js';

const random = new Random(seedKey(3));

function floats(width: number, height: number, channels: number): Image<Float32Array> {
  return {
    width,
    height,
    channels,
    data: Float32Array.from({ length: width * height * channels }, () => random.uniform()),
  };
}

function mask(width: number, height: number, value: (x: number, y: number) => number): Image<Uint8Array> {
  const data = Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return { width, height, channels: 1, data };
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert.ok(Math.abs(actual[i]! - expected[i]!) <= tolerance, `[${i}]: ${actual[i]}, expected ${expected[i]}`);
  }
}

/** The definition, in two dimensions at once: a weighted mean over the whole image. */
function resizedByDefinition(image: Image, width: number, height: number): number[] {
  const [scaleX, scaleY] = [image.width / width, image.height / height];
  const weight = (from: number, to: number, scale: number) =>
    Math.max(0, 1 - Math.abs(from + 0.5 - (to + 0.5) * scale) / Math.max(scale, 1));
  const result: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < image.channels; c++) {
        let [sum, total] = [0, 0];
        for (let v = 0; v < image.height; v++) {
          for (let u = 0; u < image.width; u++) {
            const w = weight(u, x, scaleX) * weight(v, y, scaleY);
            sum += w * image.data[(v * image.width + u) * image.channels + c]!;
            total += w;
          }
        }
        result.push(sum / total);
      }
    }
  }
  return result;
}

test('an image agrees with the definition of the filter, larger and smaller, one axis or both', () => {
  for (let round = 0; round < 60; round++) {
    const image = floats(1 + random.integer(12), 1 + random.integer(12), 1 + random.integer(3));
    const [width, height] = [1 + random.integer(15), 1 + random.integer(15)];
    const resized = resizeImage(image, width, height);
    assert.equal([resized.width, resized.height, resized.channels], [width, height, image.channels]);
    close(resized.data, resizedByDefinition(image, width, height), 1e-6);
  }
});

test('an image agrees with PyTorch 2.13: interpolate(mode=bilinear, antialias=True)', () => {
  const data = Float32Array.from({ length: 35 }, (_, k) => {
    const [i, j] = [Math.floor(k / 7), k % 7];
    return (i * i * 7 + j * 13 + i * j * 5) % 97;
  });
  const image = { width: 7, height: 5, channels: 1, data };
  const smaller = [
    10.931973, 34.497143, 54.045714, 46.333333, 42.132275, 46.617778, 37.204444, 40.560847, 49.755102, 50.977143,
    51.217143, 38.92517,
  ];
  close(resizeImage(image, 4, 3).data, smaller, 1e-5);
  const lessWide = [
    11.142857, 39, 66.857143, 22.428571, 55.294118, 23.357143, 47.714286, 28.529412, 49.285714, 66.214286, 50,
    33.785714, 43.285714, 45.529412, 53.071429,
  ];
  close(resizeImage(image, 3, 5).data, lessWide, 1e-5);
  close(resizeImage(image, 1, 1).data, [42.145092], 1e-5);
  const firstRowOfLarger = [0, 8.666667, 18.777778, 28.888889, 39, 49.111111, 59.222222, 69.333333, 78];
  close(resizeImage(image, 9, 8).data.subarray(0, 9), firstRowOfLarger, 1e-5);
});

test('equal sizes keep every bit; the data is a copy', () => {
  const image = floats(9, 7, 3);
  const same = resizeImage(image, 9, 7);
  assert.equal(same, image);
  assert.is.not(same.data, image.data);
  assert.equal(
    [...resizeImage({ ...image, data: Uint8Array.from(image.data, (v) => v * 255) }, 9, 7).data.slice(0, 3)],
    [...image.data.slice(0, 3).map((v) => Math.floor(v * 255))],
  );
});

test('a flat image stays flat', () => {
  const image = { width: 13, height: 9, channels: 1, data: new Float32Array(117).fill(0.7) };
  for (const [width, height] of [
    [5, 4],
    [1, 1],
    [40, 31],
  ] as const) {
    close(resizeImage(image, width, height).data, new Float32Array(width * height).fill(0.7), 1e-7);
  }
});

test('a mask agrees with counting on the common grid', () => {
  for (let round = 0; round < 60; round++) {
    const chance = random.uniform();
    const from = mask(1 + random.integer(9), 1 + random.integer(9), () => (random.uniform() < chance ? 1 : 0));
    const [width, height] = [1 + random.integer(9), 1 + random.integer(9)];
    const expected = mask(width, height, (x, y) => {
      let count = 0;
      for (let v = 0; v < from.height; v++) {
        for (let u = 0; u < from.width; u++) {
          const column = Math.floor((x * from.width + u) / width);
          const row = Math.floor((y * from.height + v) / height);
          count += from.data[row * from.width + column]!;
        }
      }
      return 2 * count >= from.width * from.height ? 1 : 0;
    });
    assert.equal(resizeMask(from, width, height), expected);
  }
});

test('a mask of equal size is the same, a whole-number enlargement repeats it', () => {
  const checks = mask(5, 3, (x, y) => (x + y) % 2);
  assert.equal(resizeMask(checks, 5, 3), checks);
  assert.equal(
    resizeMask(checks, 15, 12),
    mask(15, 12, (x, y) => (Math.floor(x / 3) + Math.floor(y / 4)) % 2),
  );
});

test('halving a mask keeps a line of one pixel wherever it lies', () => {
  for (let at = 0; at < 8; at++) {
    const line = mask(8, 8, (x) => (x === at ? 1 : 0));
    assert.equal(
      resizeMask(line, 4, 4),
      mask(4, 4, (x) => (x === at >> 1 ? 1 : 0)),
    );
  }
});

test.run();
