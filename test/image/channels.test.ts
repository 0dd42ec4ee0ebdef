import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { checkImage, isConvertible, toChannels, toUnitRange } from '../../src/image/channels.js';
import { prepareImage } from '../../src/image/prepare.js';

const image = (channels: number, ...values: number[]) => ({
  width: values.length / channels,
  height: 1,
  channels,
  data: Uint8Array.from(values),
});

test('grey to RGB repeats; any other number of channels stays as it is', () => {
  assert.equal(toChannels(image(1, 7, 200), 3), image(3, 7, 7, 7, 200, 200, 200));
  for (const channels of [1, 2, 3, 4, 7]) {
    const same = image(channels, ...Array(2 * channels).keys());
    assert.is(toChannels(same, channels), same);
  }
  for (const [from, to] of [
    [2, 1],
    [2, 3],
    [4, 3],
    [3, 4],
  ] as const) {
    assert.not.ok(isConvertible(from, to));
    assert.throws(() => toChannels(image(from, ...Array(from).keys()), to), 'internal: ');
  }
});

test('RGB to grey is Rec. 601 luma, rounded', () => {
  const primaries = image(3, 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30);
  assert.equal([...toChannels(primaries, 1).data], [76, 150, 29, 18]);
  const grey16 = { width: 65536, height: 1, channels: 1, data: Uint16Array.from({ length: 65536 }, (_, i) => i) };
  assert.equal(toChannels(toChannels(grey16, 3), 1), grey16);
  const floats = toChannels({ width: 1, height: 1, channels: 3, data: Float32Array.of(1, 0.5, 0) }, 1);
  assert.is(floats.data[0], Math.fround((19595 + 19235) / 65536));
});

test('unit range', () => {
  assert.equal([...toUnitRange(image(1, 0, 51, 255)).data], [0, Math.fround(0.2), 1]);
  const data = Uint16Array.of(0, 13107, 65535);
  assert.equal([...toUnitRange({ ...image(1, 0, 0, 0), data }).data], [0, Math.fround(0.2), 1]);
  const floats = Float32Array.of(-1, 2);
  assert.is(toUnitRange({ ...image(1, 0, 0), data: floats }).data, floats);
});

test('a prepared image of its own size holds its values / 255, bit for bit', () => {
  const rgb = image(3, 255, 0, 0, 10, 20, 30);
  const prepared = prepareImage(rgb, 1, { normalisation: 'range' });
  assert.equal([...prepared.data], [Math.fround(76 / 255), Math.fround(18 / 255)]);
});

test('an image whose parts do not fit', () => {
  const fault = (change: object) => {
    try {
      checkImage({ ...image(1, 1, 2), ...change }, 'image');
    } catch (error) {
      assert.instance(error, InputError);
      return (error as InputError).message;
    }
    return 'good';
  };
  assert.is(fault({}), 'good');
  assert.is(fault({ height: 2 }), 'image: 2x2x1 takes 4 values, its data holds 2');
  assert.is(fault({ width: 1.5 }), 'image: an image of 1.5x1x1; expected whole numbers, 1 to 1024 channels');
  assert.is(fault({ channels: 1025 }), 'image: an image of 2x1x1025; expected whole numbers, 1 to 1024 channels');
  assert.is(fault({ channels: 5, data: new Uint8Array(10) }), 'good');
  assert.is(fault({ width: '2' }), 'image: an image of "2"x1x1; expected whole numbers, 1 to 1024 channels');
  const types = 'image: the data of an image must be one of Uint8Array, Uint16Array, Float32Array';
  assert.is(fault({ data: [1, 2] }), `${types}, got Array`);
  assert.is(fault({ data: new Float64Array(2) }), `${types}, got Float64Array`);
  assert.is(fault({ data: new Uint8ClampedArray(2) }), `${types}, got Uint8ClampedArray`);
  assert.is(fault({ data: 'ab' }), `${types}, got string`);
  assert.is(fault({ data: null }), 'image: expected an image { width, height, channels, data }, got no data');
  assert.is(
    fault({ channels: 2, data: Float32Array.of(0, 1, 2, Number.NaN) }),
    'image: pixel (1, 0), channel 1 is NaN; expected finite numbers',
  );
  assert.match(fault({ data: Float32Array.of(0, -Infinity) }), 'pixel (1, 0), channel 0 is -Infinity');
});

test.run();
