/** The objects of a stack: as voxel by voxel, with 26 neighbours. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import type { Image, Prediction } from '../../src/index.js';
import { type Instances, instancesOf } from '../../src/infer/instances.js';
import { StackInstances } from '../../src/infer/stack-instances.js';

type Voxel = readonly [x: number, y: number, z: number];

/** Slices of labels 0, 1 and 2, drawn by a seed. */
function drawn(seed: number, width: number, height: number, depth: number, share: number): Image<Uint8Array>[] {
  const random = new Random(seedKey(seed));
  return Array.from({ length: depth }, () => {
    const data = Uint8Array.from({ length: width * height }, () => {
      return random.uniform(0, 1) < share ? 1 + random.integer(2) : 0;
    });
    return { width, height, channels: 1, data };
  });
}

/** The objects of a mask whose probabilities are all different. */
function objectsOf(mask: Image<Uint8Array>, z: number): Promise<Instances> {
  const { width, height, data } = mask;
  const probs = new Float32Array(3 * data.length);
  data.forEach((label, i) => {
    probs[3 * i + label] = 0.5 + (0.4 * ((z * data.length + i) % 97)) / 97;
  });
  const prediction: Prediction = { width, height, classes: 3, probs };
  return instancesOf([[prediction]], prediction, { threshold: 0.5 });
}

/** The label of each voxel, by walking from voxel to voxel. */
function walked(slices: readonly Image<Uint8Array>[]): number[][] {
  const [{ width, height }] = slices as [Image];
  const labels = slices.map(({ data }) => Array<number>(data.length).fill(0));
  const at = ([x, y, z]: Voxel) => (x >= 0 && x < width && y >= 0 && y < height ? slices[z]?.data[y * width + x] : 0);
  let count = 0;
  for (let z = 0; z < slices.length; z++) {
    for (let i = 0; i < width * height; i++) {
      const value = slices[z]!.data[i];
      if (value === 0 || labels[z]![i] !== 0) continue;
      count++;
      const open: Voxel[] = [[i % width, Math.floor(i / width), z]];
      for (let voxel = open.pop(); voxel; voxel = open.pop()) {
        const [x, y, k] = voxel;
        if (at(voxel) !== value || labels[k]![y * width + x] !== 0) continue;
        labels[k]![y * width + x] = count;
        for (const dz of [-1, 0, 1])
          for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) open.push([x + dx, y + dy, k + dz]);
      }
    }
  }
  return labels;
}

test('labels, volumes, centroids and boxes are those of a walk from voxel to voxel', async () => {
  for (const [seed, share] of [
    [1, 0.1],
    [2, 0.2],
    [3, 0.35],
    [4, 0.6],
  ] as const) {
    const slices = drawn(seed, 11, 7, 6, share);
    const stack = new StackInstances();
    const found = await Promise.all(slices.map(objectsOf));
    for (const each of found) stack.add(each);
    const expected = walked(slices);
    assert.equal(
      stack.labels().map(({ data }) => [...data]),
      expected,
      `seed ${seed}`,
    );
    const instances = stack.instances();
    assert.equal(
      instances.map(({ label }) => label),
      Array.from({ length: Math.max(...expected.flat()) }, (_, k) => k + 1),
    );
    for (const { label, volume, centroid, box, probability, class: of } of instances) {
      const voxels = expected.flatMap((labels, z) =>
        labels.flatMap((value, i) => (value === label ? [[i % 11, Math.floor(i / 11), z, i] as const] : [])),
      );
      const mean = (read: (voxel: (typeof voxels)[number]) => number) =>
        voxels.reduce((sum, voxel) => sum + read(voxel), 0) / voxels.length;
      const range = (axis: 0 | 1 | 2) => {
        const positions = voxels.map((voxel) => voxel[axis]);
        return [Math.min(...positions), Math.max(...positions) + 1 - Math.min(...positions)];
      };
      assert.equal([volume, of], [voxels.length, slices[voxels[0]![2]]!.data[voxels[0]![3]]]);
      const { left, top, front, width, height, depth } = box;
      assert.equal(
        [
          [left, width],
          [top, height],
          [front, depth],
        ],
        [range(0), range(1), range(2)],
      );
      const means = [mean(([x]) => x), mean(([, y]) => y), mean(([, , z]) => z)];
      const { x, y, z } = centroid;
      for (const [axis, value] of [x, y, z].entries()) assert.ok(Math.abs(value - means[axis]!) < 1e-9);
      assert.ok(Math.abs(probability - mean(([, , k, i]) => 0.5 + (0.4 * ((k * 77 + i) % 97)) / 97)) < 1e-6);
    }
  }
});

test('a stack without objects has none, and slices that touch at a corner alone are one', async () => {
  const stack = new StackInstances();
  assert.equal([stack.instances(), stack.labels()], [[], []]);
  const slices = [0, 4].map((set): Image<Uint8Array> => {
    return { width: 3, height: 3, channels: 1, data: Uint8Array.from({ length: 9 }, (_, i) => Number(i === set)) };
  });
  for (const [z, slice] of slices.entries()) stack.add(await objectsOf(slice, z));
  assert.equal(
    stack.instances().map(({ volume, box }) => [volume, box.depth, box.width]),
    [[2, 2, 2]],
  );
});

test.run();
