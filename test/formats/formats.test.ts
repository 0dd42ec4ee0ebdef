/** The promises that every format of images keeps, whatever it is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { PROBE_BYTES } from '../../src/formats/format.js';
import { decodeImage, imageFormats, isImageName, probeImage, verifyImage } from '../../src/formats/formats.js';
import type { Image } from '../../src/image/image.js';

const image = (channels: number, data: Image['data']): Image => ({
  width: 5,
  height: data.length / channels / 5,
  channels,
  data: data.map((_, i) => (i * 37) % 251),
});

const IMAGES = [
  image(1, new Uint8Array(20)),
  image(3, new Uint8Array(60)),
  image(1, new Uint16Array(20)),
  image(3, new Uint16Array(60)),
];

for (const format of imageFormats) {
  test(`${format.name}: an image that is written is known by its content and read as it was`, () => {
    for (const original of IMAGES) {
      const bytes = format.encode(original, 'a');
      assert.equal(
        imageFormats.filter((other) => other.matches(bytes)),
        [format],
      );
      const { width, height, channels, data } = original;
      assert.equal(probeImage(bytes.subarray(0, PROBE_BYTES), 'a'), {
        width,
        height,
        channels,
        bits: 8 * data.BYTES_PER_ELEMENT,
      });
      verifyImage(bytes, 'a');
      assert.equal(decodeImage(bytes, 'a'), original);
    }
  });

  test(`${format.name}: a file cut short is refused without decoding it`, () => {
    const bytes = format.encode(IMAGES[0]!, 'a');
    for (let length = 8; length < bytes.length; length++) {
      assert.throws(
        () => verifyImage(bytes.subarray(0, length), 'scan'),
        (error: Error) => error instanceof InputError && /^scan: (truncated|damaged) .*$/.test(error.message),
      );
    }
  });
}

test('what the others hold and PNG does not is written as .npy', () => {
  const [png, npy] = imageFormats;
  for (const original of [image(5, new Uint8Array(100)), image(1, new Float32Array(20))]) {
    assert.equal(decodeImage(npy!.encode(original, 'a'), 'a'), original);
    assert.throws(() => png!.encode(original, 'a.png'), 'a.png: a PNG holds 1 or 3 channels of 8 or 16 bits, got');
  }
});

test('names only say what is looked at', () => {
  assert.equal(['a.png', 'b.PNG', 'c.npy', 'd.tif', 'png', 'e.png.txt'].filter(isImageName), [
    'a.png',
    'b.PNG',
    'c.npy',
  ]);
  const tiff = new Uint8Array([0x49, 0x49, 0x2a, 0]);
  assert.throws(() => decodeImage(tiff, 'a.npy'), 'a.npy: not a PNG file: it is a TIFF image; convert it to PNG');
});

test.run();
