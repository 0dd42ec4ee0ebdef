/** The promises that every format of images keeps, whatever it is. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../src/base/errors.js';
import { decodeImage, imageEnding, imageFormats, imageStem, isImage, openImage } from '../../src/formats/formats.js';
import { SIGNATURE_BYTES } from '../../src/formats/signature.js';
import { sourceOf } from '../../src/formats/source.js';
import type { Image } from '../../src/image/image.js';
import { rejection } from '../support/throws.js';

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

for (const format of imageFormats.filter(({ encode }) => encode)) {
  test(`${format.name}: an image that is written is known by its content and read as it was`, async () => {
    for (const original of IMAGES) {
      const bytes = format.encode!(original, 'a');
      assert.equal(
        imageFormats.filter((other) => other.matches(bytes.subarray(0, SIGNATURE_BYTES))),
        [format],
      );
      const { width, height, channels, data } = original;
      const opened = await openImage(sourceOf(bytes, 'a'));
      const bits = 8 * data.BYTES_PER_ELEMENT;
      assert.equal(opened.header, { width, height, channels, bits, samples: 'unsigned', slices: 1 });
      await opened.verify();
      assert.equal(await opened.read(0), original);
      const window = await opened.read(0, { left: 1, top: 2, width: 3, height: 1 });
      const from = (2 * width + 1) * channels;
      assert.equal([window.width, window.height], [3, 1]);
      assert.equal([...window.data], [...data.subarray(from, from + 3 * channels)]);
    }
  });

  test(`${format.name}: a file cut short is refused without decoding it`, async () => {
    const bytes = format.encode!(IMAGES[0]!, 'a');
    for (let length = 8; length < bytes.length; length++) {
      const verified = openImage(sourceOf(bytes.subarray(0, length), 'scan')).then((opened) => opened.verify());
      const error = await verified.then(
        () => undefined,
        (reason: Error) => reason,
      );
      assert.ok(error instanceof InputError && /^scan: (truncated|damaged) .*$/.test(error.message), String(error));
    }
  });
}

test('what the others hold and PNG does not is written as .npy', async () => {
  const [png, npy] = ['PNG', '.npy'].map((name) => imageFormats.find((format) => format.name === name)!);
  for (const original of [image(5, new Uint8Array(100)), image(1, new Float32Array(20))]) {
    assert.equal(await decodeImage(npy!.encode!(original, 'a'), 'a'), original);
    assert.throws(() => png!.encode!(original, 'a.png'), 'a.png: a PNG holds 1 or 3 channels of 8 or 16 bits, got');
  }
});

test('names are split before the whole ending of a format', () => {
  assert.equal(['a.png', 'b.PNG', 'c.v2.npy', 'png', 'e.png.txt'].map(imageEnding), [
    '.png',
    '.png',
    '.npy',
    undefined,
    undefined,
  ]);
  assert.equal(['a.png', 'c.v2.npy', 'IM0001'].map(imageStem), ['a', 'c.v2', 'IM0001']);
});

test('a file is an image by its content, or because it calls itself one', async () => {
  const bytes = imageFormats[0]!.encode!(IMAGES[0]!, 'a');
  assert.is(await isImage(sourceOf(bytes, 'IM0001')), true);
  assert.is(await isImage(sourceOf(new Uint8Array(3), 'a.png')), true);
  assert.is(await isImage(sourceOf(new Uint8Array(3), 'notes')), false);
});

test('a file of another kind is refused by what it is', async () => {
  const gif = new TextEncoder().encode('GIF89a');
  assert.is(
    await rejection(decodeImage(gif, 'a.npy')),
    'a.npy: not an image of a known format: it is a GIF image; convert it to PNG',
  );
});

test.run();
