/** The pass over the images before a training. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSamples } from '../../src/app/training/training-data.js';
import { syntheticDataset } from '../../src/index.js';

test('images are read in the order of their names, so that those of a volume follow each other', async () => {
  const dataset = syntheticDataset({ size: 32, seed: 1, train: 4, validation: 2 });
  const names = [...dataset.records.keys()].sort();
  const loaded: string[] = [];
  const load = (name: string) => {
    loaded.push(name);
    return dataset.load(name);
  };
  const { digests } = await readSamples({ ...dataset, load }, names.toReversed(), {}, new AbortController().signal);
  assert.equal(loaded, names);
  assert.equal([...digests.keys()].sort(), names);
});

test.run();
