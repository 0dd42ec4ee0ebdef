/** Images of one size on their way to the network and back: nothing is mixed up, and padding leaves no trace. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Random, seedKey } from '../../src/base/random.js';
import { padReflect } from '../../src/image/pad.js';
import { Batch } from '../../src/infer/batch.js';

const random = new Random(seedKey(4));
const imageOf = (width: number, height: number, channels: number) => {
  const data = Float32Array.from({ length: width * height * channels }, () => random.uniform(0, 1));
  return { width, height, channels, data };
};

for (const [width, height, multiple] of [
  [8, 4, 4],
  [7, 5, 4],
  [1, 3, 8],
] as const) {
  test(`${width}x${height} in multiples of ${multiple}: what goes in comes out`, () => {
    const images = [imageOf(width, height, 3), imageOf(width, height, 3), imageOf(width, height, 3)];
    const batch = new Batch(images, multiple);
    assert.equal([batch.width % multiple, batch.height % multiple], [0, 0]);
    assert.equal(batch.data, Float32Array.from(images.flatMap((each) => [...padReflect(each, multiple).image.data])));
    // A network that says of each pixel what it sees.
    const predictions = batch.predictions(batch.data, 3);
    assert.equal(
      predictions,
      images.map(({ data }) => ({ width, height, classes: 3, probs: data })),
    );
  });
}

test('predictions have memory of their own', () => {
  const batch = new Batch([imageOf(2, 2, 1), imageOf(2, 2, 1)], 2);
  const values = batch.data.slice();
  const [first] = batch.predictions(values, 1);
  values.fill(0);
  assert.equal(first!.probs, batch.data.slice(0, 4));
});

test.run();
