/** The pictures of a run take no memory but what the validation took. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { completeOptions, lossOptions } from '../../src/app/options/train-options.js';
import { writePictures } from '../../src/app/training/pictures.js';
import { createBackend, createModel, evaluate } from '../../src/index.js';
import { squares } from '../support/training/squares.js';

for (const [images, microBatch] of [
  [20, 4],
  [7, 4],
  [7, 16],
] as const) {
  test(`of ${images} validation images, ${microBatch} at once, with programs of the validation alone`, async () => {
    const all = squares();
    const validation = Array.from({ length: images }, (_, k) => `validation-${k}`);
    const dataset = { ...all, split: { ...all.split, validation } };
    const backend = createBackend('wasm');
    const compiled = new Set<string>();
    const compile = backend.compile.bind(backend);
    backend.compile = (outputs, ...rest) => {
      compiled.add(outputs.map(({ shape }) => shape.join('x')).join());
      return compile(outputs, ...rest);
    };
    const model = createModel({ filters: [2, 2] }, { backend });
    const options = completeOptions({ data: 'squares', microBatch });
    await evaluate(model, dataset, { batch: microBatch, loss: lossOptions(options) });
    const validated = [...compiled];
    const written: string[] = [];
    await writePictures(
      { write: async (name) => void written.push(name) },
      { model, dataset, options: { ...options, backend: 'wasm' } },
      [],
    );
    assert.equal(written, ['predictions.png']);
    assert.equal([...compiled], validated);
  });
}

test.run();
