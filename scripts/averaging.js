/**
 * `npm run averaging -- --data DIR MODEL [MODEL …]`: what test-time augmentation, several models and postprocessing bring on
 * the validation images of a data folder, and how many times as long an image takes. The postprocessing is chosen on the
 * same images. It prints Markdown.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { unetpp } from './unetpp.js';

const { values, positionals: models } = parseArgs({ allowPositionals: true, options: { data: { type: 'string' } } });
if (values.data === undefined || models.length === 0) {
  console.error('npm run averaging -- --data DIR MODEL [MODEL …]');
  process.exit(2);
}
const [first] = models;
const rows = [
  ['as it is', [first]],
  ['`--tta flips`', [first, '--tta', 'flips']],
  ['`--tta dihedral`', [first, '--tta', 'dihedral']],
  ['postprocessing chosen for Dice', [first, '--choose-postprocessing']],
  ['postprocessing chosen for objects', [first, '--choose-postprocessing', 'pq']],
  ...(models.length === 1
    ? []
    : [
        [`${models.length} models`, models],
        [`${models.length} models, \`--tta flips\``, [...models, '--tta', 'flips']],
      ]),
];

console.log('| | Dice | pooled IoU | HD95 | F1 of objects | time |');
console.log('| --- | --- | --- | --- | --- | --- |');
let usual;
for (const [name, args] of rows) {
  const started = performance.now();
  const measured = unetpp('evaluate', '--data', values.data, '--objects', '--quiet', '--model', ...args);
  const seconds = (performance.now() - started) / 1000;
  usual ??= seconds;
  const { dice, pooledIou, hd95, objects } = measured;
  const scores = [dice.toFixed(4), pooledIou.toFixed(4), hd95?.toFixed(2) ?? '', objects.f1.toFixed(4)];
  // Choosing tries many masks, which says nothing of what a prediction takes.
  const time = args.includes('--choose-postprocessing') ? '' : `${(seconds / usual).toFixed(1)}x`;
  console.log(`| ${[name, ...scores, time].join(' | ')} |`);
}
const date = new Date().toISOString().slice(0, 10);
console.log(`\n${date}, ${cpus().length} cores of ${cpus()[0].model.trim()}, Node ${process.versions.node}.`);
