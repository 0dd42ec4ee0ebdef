/**
 * `npm run models -- NAME --data DIR`: trains one of the models below by `unetpp train`, chooses its thresholds, measures
 * it on the validation images, and writes models/NAME/model.safetensors with its card, README.md. The images are not part
 * of the repository. The run is in runs/models-NAME-EPOCHS; when it was interrupted, the same call continues it.
 *
 *     --epochs N   shortens or extends the training: --epochs 1 --out /tmp/try shows that all of it works
 *     --out DIR    writes DIR/NAME instead
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { unetpp } from './unetpp.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Small enough for a repository: about 2 MB. */
const NETWORK = ['--filters', '8,16,32,64,128', '--norm', 'batch', '--micro-batch', '8'];
const OPTIMIZER = ['--lr', '2e-3', '--schedule', 'cosine', '--seed', '1'];

/** What is trained, and what its card says beside the figures. */
const MODELS = {
  nuclei: {
    epochs: 20,
    options: [
      '--patch',
      '128',
      '--batch',
      '16',
      ...NETWORK,
      ...OPTIMIZER,
      '--augment',
      'flip,turn,affine,brightness,contrast,colour',
    ],
    segments: 'cell nuclei in microscope images',
    source: `The training images of the 2018 Data Science Bowl (\`stage1_train\`), image set BBBC038v1 of the Broad
Bioimage Benchmark Collection (Caicedo et al., Nature Methods 16, 2019), under CC0 1.0. The masks of all nuclei of an
image are united in one.`,
    limits: `It separates nuclei from the ground, not touching nuclei from each other. The images are of a few kinds of
stains, microscopes and cells, and of other kinds it may find nothing, or anything. It is not for diagnosis.`,
  },
  brain: {
    epochs: 30,
    options: ['--size', '128', '--batch', '16', ...NETWORK, ...OPTIMIZER, '--augment', 'flip,affine,gamma,brightness'],
    segments: 'the brain in T1-weighted MRI slices that show the whole head',
    source: `Slices of Colin27, the average of 27 scans of one person (McConnell Brain Imaging Centre, Montreal
Neurological Institute, McGill University), as Debian packages it in mricron-data, under BSD-3-clause.`,
    limits: `**All images are of one person.** This model shows what the tool does. It is not for use on others: nothing is
known of what it finds in another head, another scanner or another sequence. It is not for diagnosis.`,
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, epochs: { type: 'string' }, out: { type: 'string' } },
});
const [name] = positionals;
if (positionals.length !== 1 || !Object.hasOwn(MODELS, name) || values.data === undefined) {
  console.error(`npm run models -- ${Object.keys(MODELS).join('|')} --data DIR [--epochs N] [--out DIR]`);
  process.exit(2);
}
trainModel(name, values);

function trainModel(name, { data, epochs = `${MODELS[name].epochs}`, out = join(ROOT, 'models') }) {
  const run = join(ROOT, 'runs', `models-${name}-${epochs}`);
  mkdirSync(join(ROOT, 'runs'), { recursive: true });
  const options = ['--epochs', epochs, ...MODELS[name].options];
  const trained = unetpp('train', '--data', data, '--out', run, '--continue', ...options);
  const staged = mkdtempSync(join(tmpdir(), 'unetpp-models-'));
  try {
    const model = join(staged, 'model.safetensors');
    copyFileSync(join(run, 'model.safetensors'), model);
    const files = ['--model', model, '--data', data];
    const evaluation = unetpp('evaluate', ...files, '--choose-threshold', '--save', '--quiet');
    const info = unetpp('info', '--model', model);
    const target = join(out, name);
    mkdirSync(target, { recursive: true });
    copyFileSync(model, join(target, 'model.safetensors'));
    const bytes = statSync(model).size;
    writeFileSync(join(target, 'README.md'), cardOf(name, { options, trained, evaluation, info, bytes }));
    console.log(`${target}: Dice ${evaluation.dice.toFixed(4)}, weights ${trained.weightsSha256}`);
  } finally {
    rmSync(staged, { recursive: true });
  }
}

function cardOf(name, { options, trained, evaluation, info, bytes }) {
  const { segments, source, limits } = MODELS[name];
  const { images } = info.training;
  const unit = evaluation.distanceUnit === 'px' ? 'pixels' : evaluation.distanceUnit;
  const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
  const scored = [...evaluation.heads, { ...evaluation, head: 'mean of the heads (`accurate`)' }];
  return `# ${name}

A UNet++ that segments ${segments}.

    npx unetpp predict --model ${name} --input IMAGE_OR_FOLDER --out masks

## Images and licence

${oneLine(source)}

${images.train} images were trained on and ${images.validation} validated on. They are not part of the repository.

## What it is not for

${oneLine(limits)}

## How well it does

On the ${evaluation.images} validation images, each at its own size. The best epoch and the thresholds were chosen on these images, so expect somewhat lower scores on others. Distances are means over the images, in ${unit}.

| output | threshold | Dice | IoU | pooled IoU | precision | sensitivity | HD95 | average surface distance |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${scored.map(rowOf).join('\n')}

At the threshold 0.5, the Dice of the mean of the heads is ${score(trained.validation.dice)}.

## How it was trained

    npx unetpp train --data DIR ${options.join(' ')}

| | |
| --- | --- |
| best epoch | ${trained.bestEpoch} of ${trained.epochs} |
| parameters | ${info.parameters.toLocaleString('en-US')}, ${(bytes / 1e6).toFixed(1)} MB |
| SHA-256 of the weights | \`${trained.weightsSha256}\` |
| computed on | ${trained.adapter ?? 'the CPU'}, Node ${process.versions.node} |
| unetpp | ${version} |
| date | ${new Date().toISOString().slice(0, 10)} |

In a clone of the repository, \`npm run models -- ${name} --data DIR\` repeats all of it. The same images give the same weights, bit for bit.
`;
}

function rowOf({ head, threshold, dice, iou, pooledIou, precision, sensitivity, hd95, assd }) {
  const scores = [dice, iou, pooledIou, precision, sensitivity].map(score);
  return `| ${[head, threshold, ...scores, distance(hd95), distance(assd)].join(' | ')} |`;
}

function score(value) {
  return value.toFixed(4);
}

/** A distance is null where no image has both a prediction and a mask. */
function distance(value) {
  return value === null ? '' : value.toFixed(2);
}

function oneLine(text) {
  return text.replaceAll('\n', ' ');
}
