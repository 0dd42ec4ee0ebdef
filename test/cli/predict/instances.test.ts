/** `unetpp predict --instances`: the label image and the table of objects beside the mask. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { outputsOf } from '../../../src/app/outputs.js';
import { objectsCsv } from '../../../src/app/prediction/objects-csv.js';
import { pictureWriter } from '../../../src/app/prediction/picture-writer.js';
import { sourceOfImage } from '../../../src/image/image-source.js';
import { createModel, decodePng, loadModel, type ModelConfig, readImage } from '../../../src/index.js';
import { instancesOf } from '../../../src/infer/instances.js';
import { disc, json, listing, put, refused, suiteInFolder } from '../../support/cli/cli.js';
import { runShared } from '../../support/cli/shared-command.js';
import { rejection } from '../../support/throws.js';

const test = suiteInFolder('cli predict: instances');
const args = (...more: string[]) => ['predict', '--model', 'model.safetensors', '--out', 'out', ...more];

/** A model with a threshold in the midst of the probabilities of scan.png, and a postprocessing. */
async function putModel(dir: string, config: Partial<ModelConfig> = {}): Promise<void> {
  const model = createModel({ filters: [3, 5, 7], ...config }, { seed: 5 });
  put(dir, 'scan.png', disc(37, 53));
  const { probs } = await model.predict(await readImage(join(dir, 'scan.png')));
  const accurate = [...probs].sort((a, b) => a - b)[Math.floor(0.7 * probs.length)]!;
  const postprocessing = { accurate: { minObject: 3, maxHole: 2 } };
  model.adopt({ ...model.card, ...(model.config.classes === 1 && { thresholds: { accurate } }), postprocessing });
  await model.save(join(dir, 'model.safetensors'));
}

const HEADER = 'area_px,centroid_x,centroid_y,box_x,box_y,box_width,box_height,mean_probability';

for (const classes of [1, 3]) {
  test(`labels and objects of ${classes} classes are those of the library`, async ({ dir }) => {
    await putModel(dir, { classes });
    const result = json(dir, args('--input', 'scan.png', '--instances', ...(classes === 3 ? ['--save-probs'] : [])));
    const model = await loadModel(join(dir, 'model.safetensors'));
    const { mask, instances, labels } = await model.predictInstances(await readImage(join(dir, 'scan.png')));
    assert.ok(instances.length > 1);
    assert.equal([result.objects, result.postprocessing], [instances.length, { minObject: 3, maxHole: 2 }]);
    const file = readFileSync(join(dir, 'out/scan-labels.png'));
    assert.is(file[24], 16, 'bits of a sample');
    const decoded = decodePng(file, 'labels');
    assert.is(decoded.channels, 1);
    assert.equal(decoded.data, labels().data);
    const written = decodePng(readFileSync(join(dir, 'out/scan.png')), 'mask');
    assert.equal(written.indices ?? written.data.map((value) => value / 255), mask.data);
    const [header, ...rows] = readFileSync(join(dir, 'out/scan-objects.csv'), 'utf8').trimEnd().split('\r\n');
    assert.is(header, `label,${classes === 1 ? '' : 'class,class_name,'}${HEADER}`);
    assert.equal(
      rows,
      instances.map(({ label, class: of, area, centroid: { x, y }, box, probability }) => {
        const { left, top, width, height } = box;
        return [
          label,
          ...(classes === 1 ? [] : [of, `class ${of}`]),
          area,
          x,
          y,
          left,
          top,
          width,
          height,
          probability,
        ].join(',');
      }),
    );
  });
}

test('--no-postprocessing leaves masks as the threshold makes them; people are told', async ({ dir }) => {
  await putModel(dir);
  const counted = (...more: string[]) => json(dir, args('--input', 'scan.png', '--instances', ...more));
  const [cleaned, raw] = [counted(), counted('--no-postprocessing')];
  assert.ok((raw.objects as number) > (cleaned.objects as number));
  assert.is(raw.postprocessing, null);
  const model = await loadModel(join(dir, 'model.safetensors'));
  const mask = await model.predictMask(await readImage(join(dir, 'scan.png')), { postprocessing: {} });
  const written = decodePng(readFileSync(join(dir, 'out/scan.png')), 'mask');
  assert.equal(
    written.data,
    mask.data.map((value) => 255 * value),
  );
  const { stdout } = runShared({ cwd: dir, args: args('--input', 'scan.png', '--instances', '--quiet') });
  assert.match(
    stdout,
    /^1 mask with overlay in out, \d+ objects, mode accurate, .* s\npostprocessing: objects below 3 pixels removed, holes of up to 2 pixels filled\n$/,
  );
  assert.is(json(dir, args('--input', 'scan.png')).objects, null);
});

test('names that two images would give are refused, and files of the user stay', async ({ dir }) => {
  await putModel(dir);
  put(dir, 'in/a.png', disc(9, 7));
  put(dir, 'in/a-labels.png', disc(9, 7));
  json(dir, args('--input', 'in'));
  refused(
    dir,
    args('--input', 'in', '--instances'),
    'in/a-labels.png and in/a.png would both give a-labels.png; rename one of them',
  );
  for (const [file, kind] of [
    ['out/scan-labels.png', 'a label image'],
    ['out/scan-objects.csv', 'a table of objects'],
  ] as const) {
    put(dir, file, 'of the user');
    const why = `exists, and is not ${kind} that unetpp wrote; give another name, or replace it with --force`;
    refused(dir, args('--input', 'scan.png', '--instances'), `${file}: ${why}`);
    json(dir, args('--input', 'scan.png', '--instances', '--force'));
    json(dir, args('--input', 'scan.png', '--instances'));
  }
});

test('more objects than a label image holds: no file of the image is written', async ({ dir }) => {
  const width = 400;
  const size = { width, height: 660, channels: 1 };
  const data = Uint8Array.from({ length: width * 660 }, (_, i) =>
    Number(i % 2 === 0 && Math.floor(i / width) % 2 === 0),
  );
  const predicted = { ...size, classes: 1, probs: new Float32Array(data) };
  const instances = await instancesOf([[predicted]], predicted, { threshold: 0.5 });
  const outputs = outputsOf({}, {});
  await outputs.folder(dir);
  const context = { classNames: ['foreground'] };
  const place = {
    target: join(dir, 'scan'),
    format: 'same',
    results: undefined,
    context,
    outputs,
    source: 'scan.png',
  } as const;
  const writer = await pictureWriter(place, { instances: true });
  const written = writer.add(0, sourceOfImage({ ...size, data }), { mask: instances.mask, instances });
  assert.match(await rejection(written), 'scan.png: 66,000 objects, a label image of 16 bits holds 65,535; ');
  assert.equal(listing(dir), []);
});

test('areas in mm² where the image says how large its pixels are', () => {
  const instance = {
    ...{ label: 1, class: 1, area: 10, centroid: { x: 1.5, y: 2 } },
    ...{ box: { left: 0, top: 1, width: 4, height: 3 }, probability: 0.75 },
  };
  assert.is(
    objectsCsv([instance], { spacing: [0.5, 0.25] }, ['lesion']),
    `label,${HEADER.replace('area_px', 'area_px,area_mm2')}\r\n1,10,1.25,1.5,2,0,1,4,3,0.75\r\n`,
  );
  assert.is(
    objectsCsv([{ ...instance, class: 2 }], {}, ['core', 'rim, outer']),
    `label,class,class_name,${HEADER}\r\n1,2,"rim, outer",10,1.5,2,0,1,4,3,0.75\r\n`,
  );
});

test('an image of nothing: labels of 0 and a table without rows', async ({ dir }) => {
  await putModel(dir);
  assert.is(json(dir, args('--input', 'scan.png', '--instances', '--threshold', '1')).objects, 0);
  assert.ok(decodePng(readFileSync(join(dir, 'out/scan-labels.png')), 'labels').data.every((value) => value === 0));
  assert.is(readFileSync(join(dir, 'out/scan-objects.csv'), 'utf8'), `label,${HEADER}\r\n`);
});

test.run();
