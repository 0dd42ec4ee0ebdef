/** The worst images of an evaluation: which they are, and that showing them predicts nothing again. */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { WorstImages, worstImages } from '../../src/app/evaluation/worst-images.js';
import type { TrainingJob } from '../../src/app/training/job.js';
import { measureOnTest } from '../../src/app/training/test-images.js';
import type { EvaluatedImage } from '../../src/evaluate/evaluate.js';
import { createModel, evaluate, readImage, syntheticDataset } from '../../src/index.js';
import { RunFolder } from '../../src/runs/run-folder.js';
import { suiteInFolder } from '../support/cli/cli.js';

const test = suiteInFolder('worst images');
const forever = new AbortController().signal;

/** Options of a small run on the phantom, with this many images to test on. */
function phantom(images: number) {
  return syntheticDataset({ size: 32, train: 1, validation: 1, test: images, seed: 1 });
}

test('the worst are those of the lowest Dice, of equals in their order', async () => {
  const seen: EvaluatedImage[] = [];
  const onImage = (image: EvaluatedImage) => seen.push(image);
  const evaluation = await evaluate(createModel({ filters: [2, 4] }), phantom(4), { subset: 'test', onImage });
  const images = [0.5, 0.2, 0.9, 0.2].map((dice, k) => ({ ...seen[k]!, scores: { ...seen[k]!.scores, dice } }));
  const scores = images.map((image) => image.scores);
  const expected = [1, 3, 0, 2].map((k) => scores[k]!.image);
  for (const count of [1, 3, 9]) {
    const names = worstImages(scores, count).map(({ image }) => image);
    assert.equal(names, expected.slice(0, count));
    const pictured = new WorstImages(count);
    for (const image of images) pictured.add(image);
    const shown = new WorstImages(count);
    for (const name of names) shown.add(images.find((image) => image.scores.image === name)!);
    assert.equal(pictured.sheet(evaluation), shown.sheet(evaluation), `${count} of ${seen.length}`);
  }
});

test('the test of a run compiles the programs of its evaluation, which the forecast counts, and no other', async ({
  dir,
}) => {
  const model = createModel({ filters: [2, 4] });
  const compiled: string[] = [];
  const { backend } = model;
  const compile = backend.compile.bind(backend);
  backend.compile = (outputs, ...more) => {
    compiled.push(outputs.map(({ shape }) => shape.join('x')).join(' '));
    return compile(outputs, ...more);
  };
  const job = { dataset: phantom(5), model, options: { microBatch: 2, loss: 'dice' } } as unknown as TrainingJob;
  const folder = await RunFolder.create(dir, {});
  const tested = await measureOnTest(job, folder, {}, forever);
  await folder.close();
  // Two images at once, and the last one alone.
  assert.equal(
    compiled.map((outputs) => outputs.split(' ').at(-1)),
    ['2x32x32x1', '1x32x32x1'],
  );
  assert.equal(tested!.worst, worstImages(tested!.evaluation.perImage!, 5));
  assert.ok((await readImage(join(dir, 'test.png'))).height > 32);
});

test.run();
