/** `unetpp predict --instances` on volumes: objects across slices. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { stackObjectsCsv } from '../../../src/app/prediction/objects-csv.js';
import { encodeTiff } from '../../../src/formats/tiff/write.js';
import { createModel, openImage, readImage, sourceOf } from '../../../src/index.js';
import type { StackInstance } from '../../../src/infer/stack-instances.js';
import { buildNifti, sformOf } from '../../fixtures/nifti.js';
import { json, listing, put, suiteInFolder } from '../../support/cli/cli.js';

const test = suiteInFolder('cli predict: objects of volumes');
const args = (input: string, ...more: string[]) => [
  'predict',
  '--model',
  'model.safetensors',
  '--input',
  input,
  '--out',
  'out',
  '--instances',
  ...more,
];
const SIZE = { width: 16, height: 12 };
const VALUES = Array.from({ length: 3 * 16 * 12 }, (_, i) => (i * 7919) % 251);

async function putModel(dir: string): Promise<void> {
  const model = createModel({ filters: [3, 5], classes: 3 }, { seed: 5 });
  model.adopt({ ...model.card, preprocessing: { normalisation: 'zscore' }, classNames: ['core', 'rim'] });
  await model.save(join(dir, 'model.safetensors'));
}

const labelsIn = async (path: string) => {
  const opened = await openImage(sourceOf(readFileSync(path), path));
  return Promise.all(Array.from({ length: opened.header.slices }, async (_, z) => [...(await opened.read(z)).data]));
};

for (const [name, file] of [
  [
    'scan.tif',
    () =>
      encodeTiff(
        [0, 1, 2].map((z) => ({
          image: { ...SIZE, channels: 1, data: Uint8Array.from(VALUES.slice(192 * z, 192 * (z + 1))) },
        })),
        {},
        'stack',
      ),
  ],
  [
    'scan.nii',
    () =>
      buildNifti({
        shape: [16, 12, 3],
        type: 'uint8',
        data: VALUES,
        sform: sformOf([
          [0.5, 0, 0, 0],
          [0, 0.5, 0, 0],
          [0, 0, 4, 0],
        ]),
      }),
  ],
] as const) {
  test(`${name}: labels in the format of the volume, and a row for each object`, async ({ dir }) => {
    await putModel(dir);
    put(dir, name, file());
    const { objects } = json(dir, args(name));
    const ending = name.slice(4);
    assert.equal(listing(join(dir, 'out')), [
      `scan-labels${ending}`,
      'scan-objects.csv',
      'scan-overlay.png',
      `scan${ending}`,
    ]);
    const labels = (await labelsIn(join(dir, `out/scan-labels${ending}`))).flat();
    const [header, ...rows] = readFileSync(join(dir, 'out/scan-objects.csv'), 'utf8').trimEnd().split('\r\n');
    const isSpaced = ending === '.nii';
    const measures = `volume_voxels,${isSpaced ? 'volume_mm3,' : ''}centroid_x,centroid_y,centroid_z,box_x,box_y,box_z,box_width,box_height,box_depth,mean_probability`;
    assert.is(header, `label,class,class_name,${measures}`);
    assert.equal([rows.length, Math.max(...labels)], [objects, objects]);
    assert.ok(rows.length > 0 && rows.some((row) => row.split(',').at(-2) !== '1'), 'some reach across slices');
    for (const row of rows) {
      const [label, of, called, volume, mm3] = row.split(',');
      assert.equal(
        [called, Number(volume)],
        [['core', 'rim'][Number(of) - 1], labels.filter((value) => value === Number(label)).length],
      );
      if (isSpaced) assert.is(Number(mm3), Number(volume));
    }
    // What it wrote is written over.
    json(dir, args(name));
    json(dir, [...args(name, '--format', 'npy').map((value) => (value === 'out' ? 'arrays' : value))]);
    const arrays = ['scan-labels.npy', 'scan-mask.npy', 'scan-objects.csv', 'scan-overlay.png'];
    assert.equal(listing(join(dir, 'arrays')), arrays);
    const pictures = json(dir, [
      ...args(name, '--format', 'png').map((value) => (value === 'out' ? 'pictures' : value)),
    ]);
    assert.ok((pictures.objects as number) > (objects as number), 'each slice has objects of its own');
    assert.is((await readImage(join(dir, 'pictures/scan-2-labels.png'))).data.constructor, Uint16Array);
  });
}

test('volumes in mm³ where the distances of pixels and of slices are known', () => {
  const instance: StackInstance = {
    ...{ label: 1, class: 1, volume: 10, centroid: { x: 1.5, y: 2, z: 0.5 } },
    ...{ box: { left: 0, top: 1, front: 2, width: 4, height: 3, depth: 5 }, probability: 0.75 },
  };
  const rest = 'centroid_x,centroid_y,centroid_z,box_x,box_y,box_z,box_width,box_height,box_depth,mean_probability';
  const row = '1.5,2,0.5,0,1,2,4,3,5,0.75';
  assert.is(
    stackObjectsCsv([instance], { spacing: [0.5, 0.5], sliceSpacing: 3 }, ['lesion']),
    `label,volume_voxels,volume_mm3,${rest}\r\n1,10,7.5,${row}\r\n`,
  );
  assert.is(
    stackObjectsCsv([instance], { spacing: [0.5, 0.5] }, ['lesion']),
    `label,volume_voxels,${rest}\r\n1,10,${row}\r\n`,
  );
});

test.run();
