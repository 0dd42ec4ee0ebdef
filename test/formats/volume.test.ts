import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import {
  type Affine,
  axisLetters,
  copySlice,
  finestPlane,
  type Grid,
  isContiguous,
  pixelSpacing,
  placeSlice,
  runOf,
  type Slicing,
  sliced,
  windowed,
} from '../../src/formats/volume.js';
import { planes } from '../../src/image/plane.js';

const AXES = 'RAS';
const OPPOSITE = 'LPI';

/** All 48 ways in which axes can run: six orders, each axis in either direction. */
const ORIENTATIONS = ['012', '021', '102', '120', '201', '210'].flatMap((order) =>
  Array.from({ length: 8 }, (_, signs) =>
    Array.from(order, (axis, k) => (signs & (1 << k) ? AXES : OPPOSITE)[Number(axis)]!).join(''),
  ),
);

/** The map of axes that run as the letters say, from a corner that is not the origin. */
function affineOf(letters: string, spacing: readonly number[]): Affine {
  return [0, 1, 2].map((direction) => {
    const row = Array.from(letters, (letter, axis) =>
      letter === AXES[direction] ? spacing[axis]! : letter === OPPOSITE[direction] ? -spacing[axis]! : 0,
    );
    return [row[0]!, row[1]!, row[2]!, 10 * direction - 7] as const;
  });
}

const withShift = (rows: readonly (readonly number[])[]) => rows.map((row) => [...row, 3]) as unknown as Affine;

test('axes of all 48 orientations by their letters', () => {
  assert.is(new Set(ORIENTATIONS).size, 48);
  for (const letters of ORIENTATIONS) assert.is(axisLetters(affineOf(letters, [0.5, 2, 3])), letters);
});

test('oblique and sheared axes as nibabel 5.0 names them', () => {
  // In every other one the largest cosines would say something else.
  for (const [letters, rows] of [
    [
      'IPL',
      [
        [-1.28, -3.51, -3.25],
        [0.93, -5.44, 1.84],
        [-1.47, -0.36, 4.0],
      ],
    ],
    [
      'LPS',
      [
        [-5.15, -3.81, -0.37],
        [4.63, -4.21, -0.42],
        [0.03, -2.99, 1.07],
      ],
    ],
    [
      'SPR',
      [
        [-2.44, 2.23, 0.93],
        [0.22, -2.25, 1.24],
        [4.07, 1.46, 0.49],
      ],
    ],
    [
      'IRP',
      [
        [-0.4, 5.74, -2.21],
        [-0.71, -2.31, -5.55],
        [-4.98, -0.13, 0.97],
      ],
    ],
    [
      'PIR',
      [
        [-3.48, 1.88, 4.55],
        [-4.08, -1.29, -4.82],
        [-0.95, -1.35, 4.03],
      ],
    ],
    [
      'IPL',
      [
        [-0.03, 1.38, -2.97],
        [1.84, -2.85, -2.38],
        [-2.07, -2.56, -2.08],
      ],
    ],
    [
      'ALS',
      [
        [-0.14, -4.69, -1.95],
        [1.77, -1.43, 0.31],
        [-0.61, -3.05, 1.34],
      ],
    ],
    [
      'IPL',
      [
        [-0.01, -4.16, -6.43],
        [-0.11, -4.04, -0.85],
        [-0.4, 1.22, 0.45],
      ],
    ],
    [
      'AIR',
      [
        [0.26, -0.86, 0.97],
        [0.19, 0.09, -0.59],
        [-0.12, -2.0, -1.13],
      ],
    ],
    [
      'IRP',
      [
        [-0.29, 1.15, -0.02],
        [-2.2, -0.69, -1.97],
        [-3.25, -0.53, 1.33],
      ],
    ],
    [
      'SPL',
      [
        [-0.05, 0.88, -1.53],
        [0.0, -0.65, -0.98],
        [0.85, -0.52, 1.5],
      ],
    ],
    [
      'PRI',
      [
        [0.64, 0.43, 0.21],
        [-1.51, 0.54, 1.17],
        [1.01, 0.23, -1.56],
      ],
    ],
  ] as const) {
    assert.is(axisLetters(withShift(rows)), letters);
  }
});

test('axes that are turned by less than a quarter of a circle keep their letters', () => {
  const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
  const turned = affineOf('LPS', [1, 2, 3]).map((row) => [...row]);
  const [x, y] = [turned[0]!, turned[1]!];
  const rows = [
    x.map((value, k) => cos * value - sin * y[k]!),
    x.map((value, k) => sin * value + cos * y[k]!),
    turned[2]!,
  ];
  assert.is(axisLetters(rows as unknown as Affine), 'LPS');
});

test('a map that is flat or no number has no axes', () => {
  const { NaN: none, POSITIVE_INFINITY: infinity } = Number;
  for (const rows of [
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ],
    [
      [1, 2, 0],
      [2, 4, 0],
      [0, 0, 1],
    ],
    [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ],
    [
      [1, 0, 0],
      [0, 1, 0.9999999],
      [0, 0, 1e-9],
    ],
    [
      [none, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    [
      [infinity, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  ]) {
    assert.is(axisLetters(withShift(rows)), undefined, JSON.stringify(rows));
  }
  // Far from orthogonal, and still three directions.
  assert.is(
    axisLetters(
      withShift([
        [1, 0.9, 0.9],
        [0, 1, 0.9],
        [0, 0, 0.001],
      ]),
    ),
    'RIA',
  );
});

/** How far it is from the origin to a voxel towards a letter, in millimetres. */
function towards(letter: string, voxel: number, { sizes, affine }: Grid): number {
  const [i, j, k] = [
    voxel % sizes[0],
    Math.floor(voxel / sizes[0]) % sizes[1],
    Math.floor(voxel / sizes[0] / sizes[1]),
  ];
  const at = affine.map((row) => row[0] * i + row[1] * j! + row[2] * k! + row[3]);
  const direction = AXES.includes(letter) ? AXES.indexOf(letter) : OPPOSITE.indexOf(letter);
  return AXES.includes(letter) ? at[direction]! : -at[direction]!;
}

const RUNS = { axial: 'LPS', coronal: 'LIP', sagittal: 'PIL' } as const;
const identity = (voxel: number) => voxel;
const cut = (slicing: Slicing, slice: number) =>
  copySlice(slicing, slice, new Uint16Array(slicing.columns.length * slicing.rows.length), identity);

test('slices of each plane run the same way in the patient, however the volume is stored', () => {
  for (const letters of ORIENTATIONS) {
    const grid: Grid = { sizes: [2, 3, 4], affine: affineOf(letters, [0.5, 2, 3]) };
    for (const plane of planes) {
      const slicing = sliced(grid, plane);
      const { columns, rows, slices } = slicing;
      const seen = new Set<number>();
      const first = cut(slicing, 0)[0]!;
      for (let z = 0; z < slices.length; z++) {
        for (const [at, voxel] of cut(slicing, z).entries()) {
          seen.add(voxel);
          const steps = [at % columns.length, Math.floor(at / columns.length), z];
          for (const [k, axis] of [columns, rows, slices].entries()) {
            assert.is(axis.letter, RUNS[plane][k]);
            const mm = towards(axis.letter, voxel, grid) - towards(axis.letter, first, grid);
            assert.is(mm, steps[k]! * axis.spacing, `${letters} ${plane}`);
          }
        }
      }
      assert.is(seen.size, 24);
      assert.equal(pixelSpacing(slicing), [rows.spacing, columns.spacing]);
    }
  }
});

test('slices are put back where they were cut from, each channel in its place', () => {
  for (const letters of ORIENTATIONS) {
    for (const plane of planes) {
      const slicing = sliced({ sizes: [2, 3, 4], affine: affineOf(letters, [1, 1, 1]) }, plane);
      const volumes = [new Uint16Array(24).fill(99), new Uint16Array(24).fill(99)];
      for (let z = 0; z < slicing.slices.length; z++) {
        const both = Array.from(cut(slicing, z)).flatMap((voxel) => [voxel, 100 + voxel]);
        for (const [c, volume] of volumes.entries()) placeSlice(slicing, z, volume, both, 2, c);
      }
      assert.equal(
        volumes[0],
        Uint16Array.from({ length: 24 }, (_, k) => k),
      );
      assert.equal(
        volumes[1],
        Uint16Array.from({ length: 24 }, (_, k) => 100 + k),
      );
    }
  }
});

test('channels that lie together in a voxel are copied together', () => {
  const slicing = sliced({ sizes: [2, 1, 2], affine: affineOf('RAS', [1, 1, 1]) }, 'axial');
  assert.equal([...copySlice(slicing, 1, new Uint8Array(6), identity, 3)], [9, 10, 11, 6, 7, 8]);
});

test('a window is cut as from the slice', () => {
  const random = new Random(seedKey(4));
  for (let round = 0; round < 200; round++) {
    const letters = ORIENTATIONS[random.integer(48)]!;
    const slicing = sliced({ sizes: [4, 5, 6], affine: affineOf(letters, [1, 1, 1]) }, planes[random.integer(3)]!);
    const [columns, rows] = [slicing.columns.length, slicing.rows.length];
    const [left, top] = [random.integer(columns), random.integer(rows)];
    const [width, height] = [1 + random.integer(columns - left), 1 + random.integer(rows - top)];
    const z = random.integer(slicing.slices.length);
    const whole = cut(slicing, z);
    const expected = Array.from({ length: width * height }, (_, at) => {
      return whole[(top + Math.floor(at / width)) * columns + left + (at % width)]!;
    });
    const window = windowed(slicing, { left, top, width, height });
    assert.equal([...cut(window, z)], expected);
    const run = runOf(window, z);
    assert.equal([run.start, run.start + run.length - 1], [Math.min(...expected), Math.max(...expected)]);
    assert.equal(
      [...cut(run.slicing, 0)].map((voxel) => run.start + voxel),
      expected,
    );
  }
});

test('slices across the last axis of the memory lie whole in it, others do not', () => {
  for (const letters of ORIENTATIONS) {
    const grid: Grid = { sizes: [2, 3, 4], affine: affineOf(letters, [1, 1, 1]) };
    const whole = planes.filter((plane) => isContiguous(sliced(grid, plane)));
    const across = { R: 'sagittal', L: 'sagittal', A: 'coronal', P: 'coronal', S: 'axial', I: 'axial' }[letters[2]!];
    assert.equal(whole, [across]);
    for (let z = 0; z < 4; z++) assert.is(runOf(sliced(grid, whole[0]!), z).start % 6, 0);
  }
});

test('the finest plane lies across the largest spacing, axial where none is larger', () => {
  const finest = (letters: string, spacing: readonly number[], sizes: Grid['sizes'] = [2, 3, 4]) =>
    finestPlane({ sizes, affine: affineOf(letters, spacing) });
  assert.is(finest('RAS', [1, 1, 1]), 'axial');
  assert.is(finest('SAR', [1, 1, 1]), 'axial');
  assert.is(finest('RAS', [1, 1, 1.5]), 'axial');
  assert.is(finest('RAS', [1, 1.5, 1]), 'coronal');
  assert.is(finest('RAS', [1.5, 1, 1]), 'sagittal');
  assert.is(finest('LIP', [1, 1, 1.5]), 'coronal');
  assert.is(finest('RAS', [1.5, 1.5, 1]), 'coronal');
  assert.is(finest('RAS', [1, 1.0009, 1]), 'axial');
  // A picture has no other plane.
  assert.is(finest('RAS', [2, 3, 1], [9, 8, 1]), 'axial');
  assert.is(finest('LIP', [2, 3, 1], [9, 8, 1]), 'coronal');
  assert.is(finest('RAS', [2, 3, 1], [9, 1, 1]), 'coronal');
});

test('a volume with a flat map is never cut', () => {
  const affine = withShift([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ]);
  assert.throws(() => sliced({ sizes: [1, 1, 1], affine }, 'axial'), 'internal: a volume with a flat affine map');
});

test.run();
