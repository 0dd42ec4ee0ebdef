import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinBytes } from '../../src/base/bytes.js';
import { InputError } from '../../src/base/errors.js';
import { Random, seedKey } from '../../src/base/random.js';
import type { Image, ImageData } from '../../src/image/image.js';
import { sourceOfImage } from '../../src/image/image-source.js';
import { surface } from '../../src/image/surface.js';
import { ticksAround, ticksWithin } from '../../src/report/axis.js';
import { Canvas } from '../../src/report/canvas.js';
import { BACKGROUND, BLUE, GREEN, ORANGE, WHITE, YELLOW } from '../../src/report/colours.js';
import { comparison } from '../../src/report/comparison.js';
import { type Epoch, learningCurves } from '../../src/report/curves.js';
import { fitText, textWidth } from '../../src/report/font.js';
import { maskImage, overlay, overlayBands, overlayClasses } from '../../src/report/overlay.js';
import { enlarge, outline, toRgb } from '../../src/report/pixels.js';
import { predictionSheet, type SheetRow } from '../../src/report/sheet.js';

function grey<T extends ImageData>(width: number, data: T, channels = 1): Image<T> {
  return { width, height: data.length / width / channels, channels, data };
}

function pixel(image: Image<Uint8Array>, x: number, y: number): number[] {
  return [...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3)];
}

/** How many pixels of an RGB picture have exactly this colour. */
function count(image: Image<Uint8Array>, colour: readonly number[]): number {
  let n = 0;
  for (let i = 0; i < image.data.length; i += 3) if (colour.every((value, c) => image.data[i + c] === value)) n++;
  return n;
}

/** Rows of a drawing, one character per pixel: `#` is 1. */
function drawn(...rows: string[]): Image<Uint8Array> {
  return grey(
    rows[0]!.length,
    Uint8Array.from(rows.join(''), (char) => (char === '#' ? 1 : 0)),
  );
}

const SQUARE = drawn('......', '.####.', '.####.', '.####.', '.####.', '......');
const BLACK = grey(6, new Uint8Array(36));

test('an overlay that is drawn in bands is that of the whole, the range of its image and its outlines too', async () => {
  const types = [Uint8Array, Uint16Array, Float32Array];
  // Two bands, with a mask of two classes across both.
  const [width, height] = [2048, 2058];
  const mask = grey(width, new Uint8Array(width * height));
  for (let y = 2030; y < 2055; y++) mask.data.fill(1 + (y & 8) / 8, y * width + 100, y * width + 130);
  for (const [k, scale] of [200, 60000, 1, 7].entries()) {
    const type = types[Math.min(k, 2)]!;
    // The least value is in the second band.
    const data = new type(width * height);
    for (let i = 0; i < data.length; i++) data[i] = (scale * ((i * 7919) % 1000)) / 1000;
    data.fill(scale, 0, 2 ** 22);
    const image = { width, height, channels: 1, data };
    const bands: Uint8Array[] = [];
    for await (const rows of overlayBands(sourceOfImage(image), mask)) bands.push(rows);
    assert.is(bands.length, 2);
    assert.equal(joinBytes(bands), overlayClasses(image, mask).data);
  }
});

test('toRgb: bytes as they are, floats from 0 to 1, others stretched', () => {
  assert.equal([...toRgb(grey(2, Uint8Array.of(0, 200))).data], [0, 0, 0, 200, 200, 200]);
  assert.equal([...toRgb(grey(2, Float32Array.of(0.5, 1))).data], [128, 128, 128, 255, 255, 255]);
  assert.equal([...toRgb(grey(3, Uint16Array.of(1000, 2000, 3000))).data], [0, 0, 0, 128, 128, 128, 255, 255, 255]);
  assert.equal([...toRgb(grey(2, Float32Array.of(-1, 3))).data], [0, 0, 0, 255, 255, 255]);
  assert.equal([...toRgb(grey(2, Uint16Array.of(7, 7))).data], [0, 0, 0, 0, 0, 0]);
  assert.equal([...toRgb(grey(2, Float32Array.of(Number.NaN, 1))).data], [0, 0, 0, 255, 255, 255]);
  assert.equal(
    [...toRgb(grey(3, Float32Array.of(0.1, 0.3, 0.9)), [0.2, 0.4]).data],
    [0, 0, 0, 128, 128, 128, 255, 255, 255],
  );
});

test('toRgb: three channels are colours, of any other number the first is shown', () => {
  assert.equal([...toRgb(grey(1, Uint8Array.of(1, 2, 3), 3)).data], [1, 2, 3]);
  assert.equal([...toRgb(grey(1, Uint8Array.of(1, 2, 3, 9), 4)).data], [1, 1, 1]);
  assert.equal([...toRgb(grey(1, Uint8Array.of(1, 2), 2)).data], [1, 1, 1]);
});

test('enlarge repeats pixels', () => {
  const { width, height, data } = enlarge(grey(2, Uint8Array.of(1, 2)), 2);
  assert.equal([width, height, ...data], [4, 2, 1, 1, 2, 2, 1, 1, 2, 2]);
});

test('outline: the rim of a mask, closed at the edge of the image', () => {
  assert.equal([...outline(SQUARE)], [...drawn('......', '.####.', '.#..#.', '.#..#.', '.####.', '......').data]);
  assert.equal([...outline(drawn('###', '###', '###'))], [1, 1, 1, 1, 0, 1, 1, 1, 1]);
  assert.is(
    outline(SQUARE, 2).reduce((a, b) => a + b),
    16,
  );
});

test('outline: a thick one is as many rims, one after the other', () => {
  const [width, height] = [37, 29];
  const random = new Random(seedKey(8));
  for (let n = 0; n < 20; n++) {
    const data = Uint8Array.from({ length: width * height }, () => Number(random.integer(12) > 0));
    const rest = { width, height, channels: 1, data: data.slice() };
    const rims = new Uint8Array(data.length);
    for (let thickness = 1; thickness <= 4; thickness++) {
      surface(rest).forEach((isEdge, i) => {
        if (!isEdge) return;
        rims[i] = 1;
        rest.data[i] = 0;
      });
      assert.equal(outline({ width, height, channels: 1, data }, thickness), rims);
    }
  }
});

test('overlay: outline in full colour, inside tinted, outside untouched', () => {
  const image = grey(6, new Uint8Array(36).fill(100));
  const picture = overlay(image, SQUARE, [200, 0, 100]);
  assert.is(picture.channels, 3);
  assert.equal(pixel(picture, 0, 0), [100, 100, 100]);
  assert.equal(pixel(picture, 1, 1), [200, 0, 100]);
  assert.equal(pixel(picture, 2, 2), [125, 75, 100]);
  assert.equal(pixel(overlay(image, SQUARE, [200, 0, 100], 0), 2, 2), [100, 100, 100], 'an outline alone');
  const twice = overlay(picture, drawn('#.....', '......', '......', '......', '......', '......'), [1, 2, 3]);
  assert.equal(pixel(twice, 0, 0), [1, 2, 3]);
  assert.equal(pixel(twice, 1, 1), [200, 0, 100]);
});

test('overlay: the outline is that of the whole mask, wherever the bands that it is drawn in end', () => {
  const [width, height] = [40, 2100];
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    return Number((i % width) + Math.floor(i / width / 9) * 3 > 20 && (i * 7919) % 97 > 2);
  });
  const mask = { width, height, channels: 1, data };
  const drawn = overlay({ ...mask, data: new Uint8Array(data.length) }, mask, [255, 255, 255], 0).data;
  assert.equal(
    [...drawn.filter((_, i) => i % 3 === 0)],
    [...outline(mask, 4)].map((edge) => 255 * edge),
  );
});

test('overlay: a large image gets a thicker outline', () => {
  const image = grey(1024, new Uint8Array(1024 * 8));
  const mask = grey(1024, new Uint8Array(1024 * 8).fill(1));
  assert.equal(pixel(overlay(image, mask), 500, 1), [...GREEN]);
});

test('overlay: a mask of another size is refused', () => {
  assert.throws(
    () => overlay(grey(2, new Uint8Array(4)), SQUARE),
    (error: Error) =>
      error instanceof InputError &&
      error.message ===
        "overlay: expected a mask of the image's size and one channel (2x2x1), found 6x6x1; " +
          'resize the mask or give its own image',
  );
});

test('maskImage: 0 and 255', () => {
  assert.equal([...maskImage(grey(3, Uint8Array.of(0, 1, 255))).data], [0, 255, 255]);
});

test('comparison: agreement, miss, false alarm, and a line around each mask', () => {
  const target = drawn('........', '.##.....', '.##.....', '........', '........', '........');
  const prediction = drawn('........', '.....#..', '.##..#..', '.##.....', '........', '........');
  const picture = comparison(grey(8, new Uint8Array(48)), target, prediction);
  const tint = (colour: readonly number[], opacity: number) => colour.map((value) => Math.round(value * opacity));
  assert.equal(pixel(picture, 1, 2), tint(GREEN, 0.35), 'agreement');
  assert.equal(pixel(picture, 5, 2), tint(ORANGE, 0.65), 'false alarm');
  assert.equal(pixel(picture, 1, 0), [...WHITE], 'mask outline');
  assert.equal(pixel(picture, 1, 4), [...YELLOW], 'predicted outline');
  assert.equal(pixel(picture, 1, 1), [...YELLOW], 'the predicted outline lies over the rest');
  assert.equal(pixel(picture, 7, 5), [0, 0, 0], 'outside');
  const missed = comparison(BLACK, SQUARE, BLACK);
  assert.equal(pixel(missed, 1, 1), tint(BLUE, 0.65), 'a miss is not hidden by its outline');
});

test('canvas: what falls outside is cut off', () => {
  const canvas = new Canvas(4, 3, [9, 9, 9]);
  canvas.fill(-5, -5, 7, 6, [1, 2, 3]);
  canvas.blit(grey(3, new Uint8Array(27).fill(50), 3), 2, -1);
  canvas.blit(grey(3, new Uint8Array(27).fill(60), 3), -2, 2);
  canvas.blit(grey(1, new Uint8Array(3), 3), 99, 99);
  canvas.text('Wide text', -3, -2, { colour: WHITE });
  assert.equal(pixel(new Canvas(2, 2, [9, 9, 9]), 1, 1), [9, 9, 9]);
  assert.equal(pixel(canvas, 3, 1), [50, 50, 50]);
  assert.equal(pixel(canvas, 3, 2), [9, 9, 9]);
  assert.is(canvas.data.length, 36);
});

test('canvas: text is the glyphs, and stands where it is told', () => {
  const canvas = new Canvas(20, 9, [0, 0, 0]);
  canvas.text('Tg', 0, 0, { colour: WHITE, scale: 1 });
  const rows = Array.from({ length: 9 }, (_, y) =>
    Array.from({ length: 11 }, (_, x) => (pixel(canvas, x, y)[0] ? '#' : '.')).join(''),
  );
  assert.equal(rows, [
    '#####......',
    '..#........',
    '..#....####',
    '..#...#...#',
    '..#...#...#',
    '..#...#...#',
    '..#....####',
    '..........#',
    '.......###.',
  ]);
  const right = new Canvas(20, 9, [0, 0, 0]);
  right.text('Tg', 20, 0, { colour: WHITE, scale: 1, align: 'right' });
  assert.equal(pixel(right, 9, 0), [255, 255, 255]);
  assert.equal(pixel(right, 8, 0), [0, 0, 0]);
});

test('canvas: every printable character has ink of its own', () => {
  const seen = new Set<string>();
  const draw = (text: string) => {
    const canvas = new Canvas(11, 12, [0, 0, 0]);
    canvas.text(text, 0, 3, { colour: WHITE, scale: 1 });
    return canvas.data.join();
  };
  for (let code = 32; code < 127; code++) seen.add(draw(String.fromCharCode(code)));
  assert.is(seen.size, 95);
  for (const other of ['ß', 'ä', 'ḍ', '\n', '王', '🧠', '\u007f']) seen.add(draw(other));
  assert.is(seen.size, 95 + 7, 'no two look alike');
});

test('names in any script can be told apart, and keep their letters where they are Latin', () => {
  const rows = (text: string) => {
    const canvas = new Canvas(textWidth(text), 12, [0, 0, 0]);
    canvas.text(text, 0, 3, { colour: WHITE, scale: 1 });
    return Array.from({ length: 12 }, (_, y) =>
      Array.from({ length: canvas.width }, (_, x) => (canvas.data[3 * (y * canvas.width + x)] ? '#' : '.')).join(''),
    );
  };
  assert.equal(rows('é').slice(2, 10), ['...#.', '..#..', '.....', '.###.', '#...#', '#####', '#....', '.###.']);
  assert.equal(rows('Ü').slice(0, 5), ['.#.#.', '.....', '.....', '#...#', '#...#']);
  assert.equal(rows('ï').slice(2, 10), ['#.#', '...', '...', '.#.', '.#.', '.#.', '.#.', '.#.']);
  assert.equal(rows('e\u0301'), rows('é'), 'taken apart or not');
  assert.equal(rows('Ａ'), rows('A'), 'full width');
  assert.equal(rows('王').slice(1), [
    ...['###.###.', '..#...#.', '..#..##.', '.#....#.', '.#..###.'],
    '........',
    ...['###.##..', '#.#.#.#.', '###.##..', '#.#.#.#.', '###.##..'],
  ]);
  const names = 'Bär Bar Bâr Bãr Grösse Größe Łódź Lódz Ørn Orn Şen Șen Sen ısı isi 王小明 王晓明 Иванов Ñandú'.split(
    ' ',
  );
  assert.is(new Set(names.map((name) => rows(name).join())).size, names.length);
});

test('text that is too wide is cut', () => {
  assert.is(fitText('image', 100), 'image');
  const cut = fitText('a-very-long-name-of-a-patient.png', 60);
  assert.ok(cut.endsWith('...') && textWidth(cut) <= 60 && cut.startsWith('a-very'), cut);
  assert.is(fitText('🧠🧠🧠🧠🧠', 40), '🧠🧠...', 'no half of a character');
  assert.is(textWidth('0123456789'), 59);
});

test('canvas: a line covers its pixels once, with smooth edges', () => {
  const canvas = new Canvas(9, 5, [0, 0, 0]);
  canvas.line(
    [
      [1.5, 2.5],
      [4.5, 2.5],
      [7.5, 2.5],
    ],
    [200, 100, 0],
    2,
  );
  assert.equal(pixel(canvas, 4, 2), [200, 100, 0]);
  assert.equal(pixel(canvas, 4, 1), [100, 50, 0]);
  assert.equal(pixel(canvas, 4, 0), [0, 0, 0]);
});

test('ticks', () => {
  const labels = (ticks: readonly { label: string }[]) => ticks.map(({ label }) => label).join(' ');
  assert.is(labels(ticksWithin(1, 30, 8, 1)), '5 10 15 20 25 30');
  assert.is(labels(ticksWithin(1, 3, 8, 1)), '1 2 3');
  assert.is(labels(ticksWithin(4, 4, 8, 1)), '4');
  assert.is(labels(ticksAround([0, 1.17], 6)), '0.0 0.2 0.4 0.6 0.8 1.0 1.2');
  assert.is(labels(ticksAround([0.871, 0.913], 6)), '0.87 0.88 0.89 0.90 0.91 0.92');
  assert.is(labels(ticksAround([0.5], 6)), '0.50 0.51');
  assert.is(labels(ticksAround([-3, 2e9], 5)), '-5e+8 0 5e+8 1e+9 1.5e+9 2e+9');
  assert.is(labels(ticksAround([], 6)), '0.0 0.2 0.4 0.6 0.8 1.0');
});

const EPOCHS: readonly Epoch[] = Array.from({ length: 12 }, (_, i) => ({
  epoch: i + 1,
  trainLoss: 1 / (i + 1),
  validationLoss: 1.2 / (i + 1),
  dice: { L1: 0.5 + i / 40, L2: 0.55 + i / 40 },
}));

test('learning curves: both charts hold their lines, the same bytes each time', () => {
  const picture = learningCurves(EPOCHS);
  assert.equal([picture.width, picture.height, picture.channels], [1240, 460, 3]);
  assert.equal(pixel(picture, 0, 0), [...BACKGROUND]);
  const half = (left: number) => {
    const part = new Canvas(620, 460, BACKGROUND);
    part.blit(picture, -left, 0);
    return part;
  };
  for (const colour of [BLUE, ORANGE]) assert.ok(count(half(0), colour) > 100);
  for (const colour of [GREEN, ORANGE]) assert.ok(count(half(620), colour) > 100);
  assert.is(count(half(0), GREEN), 0);
  assert.equal(learningCurves(EPOCHS).data, picture.data);
});

test('learning curves: no epoch, one epoch, gaps and divergence are drawn', () => {
  assert.is(learningCurves([]).width, 1240);
  assert.ok(count(learningCurves(EPOCHS.slice(0, 1)), BLUE) > 20);
  const odd = [
    ...EPOCHS,
    { epoch: 13, trainLoss: Number.NaN, validationLoss: Number.POSITIVE_INFINITY, dice: {} },
    { epoch: 14, trainLoss: 1e300, validationLoss: 0.1, dice: { L1: Number.NaN, mean: 0.9 } },
  ];
  assert.ok(count(learningCurves(odd), BLUE) > 100);
});

const ROW: SheetRow = { name: 'a.png', image: BLACK, target: SQUARE, prediction: SQUARE, dice: 1 };

test('sheet: four tiles for each row', () => {
  const sheet = predictionSheet([ROW, ROW], { scale: 20 });
  // Two columns of 28 at the sides, four tiles (as wide as the longest title), three gaps of 10.
  const tile = Math.max(120, textWidth('prediction') * 2);
  assert.is(sheet.width, 2 * 28 + 4 * tile + 3 * 10);
  const top = 28 + 14 + 10;
  const middle = (column: number) => pixel(sheet, 28 + column * (tile + 10) + 60, top + 60);
  assert.equal(middle(0), [0, 0, 0], 'image');
  assert.equal(middle(1), [...WHITE], 'mask');
  assert.equal(middle(2), [...WHITE], 'prediction');
  assert.equal(
    middle(3),
    GREEN.map((value) => Math.round(value * 0.35)),
    'overlay',
  );
  assert.equal(pixel(sheet, 28 + 60, top + 120 + 5), [...BACKGROUND], 'below the tile');
  assert.equal(predictionSheet([ROW, ROW], { scale: 20 }).data, sheet.data);
});

test('sheet: images of 128 pixels are shown twice as large', () => {
  const image = grey(128, new Float32Array(128 * 128));
  const mask = grey(128, new Uint8Array(128 * 128));
  const sheet = predictionSheet([{ ...ROW, image, target: mask, prediction: mask, dice: Number.NaN }]);
  assert.is(sheet.width, 2 * 28 + 4 * 256 + 3 * 10);
});

test('sheet: probabilities are shown in grey and cut at the threshold', () => {
  const prediction = grey(6, new Float32Array(36).fill(0.4));
  const column = (options: { threshold?: number }, n: number) => {
    const sheet = predictionSheet([{ ...ROW, prediction }], { scale: 40, ...options });
    return pixel(sheet, 28 + n * 250 + 120, 28 + 14 + 10 + 120);
  };
  assert.equal(column({}, 2), [102, 102, 102]);
  assert.equal(column({}, 3), [46, 91, 166], 'all missed');
  assert.equal(column({ threshold: 0.4 }, 3), [7, 74, 46], 'all found');
});

test('sheet: masks of 255 and of 1 agree; classes have colours', () => {
  const drawnByHand = { ...SQUARE, data: SQUARE.data.map((value) => value * 255) };
  const same = predictionSheet([{ ...ROW, target: drawnByHand }], { scale: 20 });
  assert.equal(same.data, predictionSheet([ROW], { scale: 20 }).data);
  const classes = { ...SQUARE, data: SQUARE.data.map((value) => value * 2) };
  assert.ok(count(predictionSheet([{ ...ROW, target: classes, prediction: classes }]), ORANGE) > 1000);
});

test('sheet: no row, or a mask of another size, is refused', () => {
  assert.throws(() => predictionSheet([]), 'predictionSheet: expected one row or more, found none; add an example');
  assert.throws(
    () => predictionSheet([{ ...ROW, prediction: grey(2, new Uint8Array(4)) }]),
    "predictionSheet: a.png: prediction: expected a mask of the image's size and one channel (6x6x1), found 2x2x1",
  );
});

test.run();
