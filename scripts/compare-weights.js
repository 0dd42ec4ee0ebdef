/**
 * `npm run compare:weights -- MODEL DATA [MODEL DATA …]`: what smaller weights cost. Each model is compressed as
 * `unetpp compress` does, and measured on the validation images of the data folder that follows it. The result is the
 * table of docs/export.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { compressFile } from '../dist/src/app/models/compress-file.js';
import { model as modelFile } from '../dist/src/app/options/parsers.js';
import { grouped } from '../dist/src/base/quantities.js';

const pairs = process.argv.slice(2);
if (pairs.length === 0 || pairs.length % 2 === 1) {
  console.error('npm run compare:weights -- MODEL DATA [MODEL DATA …]');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'unetpp-weights-'));
const lines = [
  '| network, images | weights | bytes | Dice | IoU | pooled IoU | mask pixels that differ |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];
try {
  for (let k = 0; k < pairs.length; k += 2) {
    const [name, data] = pairs.slice(k, k + 2);
    for (const weights of ['f16', 'int8']) {
      const result = await compressFile(
        {
          model: modelFile(name),
          out: join(folder, `${k}-${weights}.safetensors`),
          ...{ weights, data, subset: 'validation', mode: 'accurate', tiling: 'auto', tta: 'none' },
          ...{ threads: 'auto', backend: 'wasm' },
        },
        {},
      );
      const { config, bytesBefore, bytesAfter, change } = result;
      if (weights === 'f16') {
        const images = `${config.filters}, ${change.images} of ${basename(data)}`;
        lines.push(row(images, 'f32', bytesBefore, change.before, ''));
      }
      const differ = `${grouped(change.changedPixels)} of ${grouped(change.pixels)}`;
      lines.push(row('', weights, bytesAfter, change.after, differ));
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(lines.join('\n'));

function row(images, weights, bytes, { dice, iou, pooledIou }, differ) {
  const scores = [dice, iou, pooledIou].map((score) => score.toFixed(4));
  return `| ${[images, weights, grouped(bytes), ...scores, differ].join(' | ')} |`;
}
