/** `unetpp info`: describes a model and its costs. */

import { type Computed, onBackend } from '../../app/backend.js';
import { gpuCosts } from '../../app/models/gpu-costs.js';
import type { BackendChoice } from '../../app/options/backend-options.js';
import { computingOptions } from '../../app/options/inference-options.js';
import { model } from '../../app/options/parsers.js';
import type { Backend } from '../../backend/backend.js';
import { plural } from '../../base/quantities.js';
import type { Preprocessing } from '../../image/prepare.js';
import { loadModel, type Threads } from '../../index.js';
import { trainedLoss } from '../../loss/loss.js';
import type { Model } from '../../model/model.js';
import type { Recommendation } from '../../model/recommendation.js';
import { summarize } from '../../model/summary.js';
import { type CommonOptions, command, report } from '../program.js';
import { costSize, gpuTable, predictionTable, trainingCosts, trainingTable } from '../tables/costs.js';
import { computerText, networkText, postprocessingsText, reasonText, thresholdsText } from '../tables/describe.js';
import { trainingFacts } from '../tables/training-facts.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

interface InfoOptions extends CommonOptions {
  readonly model: string;
  readonly threads: Threads;
  readonly backend: BackendChoice;
}

export const info = command(
  'info',
  'Show the network of a model, its input and output, its training, and the memory and computation that both need.',
  'unetpp info --model runs/phantom/model.safetensors',
)
  .usage('--model FILE [options]')
  .requiredOption('--model <file>', 'model file, or the name of a model', model)
  .addTable(computingOptions)
  .action(run);

async function run(options: InfoOptions): Promise<void> {
  const observer = terminalObserver(new ProgressBar(options));
  await onBackend(options, observer, (backend, by) => describe(backend, by, options));
}

async function describe(backend: Backend, by: Computed, options: InfoOptions): Promise<void> {
  const model = await loadModel(options.model, { backend });
  const { config } = model;
  const { preprocessing, thresholds, postprocessing, recommendation, classNames, training } = model.card;
  const size = costSize(model);
  const on = computerText(backend);
  const summary = summarize(config, { width: size, height: size }, backend);
  const costs = trainingCosts(model);
  const step = costs && { ...costs.settings, loss: trainedLoss(model) };
  const gpu = by.backend === 'webgpu' ? await gpuCosts(config, size, step) : undefined;
  const tables = [
    predictionTable(summary, size, on),
    ...(costs ? [trainingTable(costs)] : []),
    ...(gpu ? [gpuTable(gpu, on)] : []),
  ].flatMap((lines) => ['', ...lines]);
  report(options, [...portrait(model), ...tables], {
    parameters: summary.parameters,
    macs: summary.macs,
    parameterBytes: summary.parameterBytes,
    preparedBytes: summary.preparedBytes,
    workingBytes: summary.workingBytes,
    size,
    threads: backend.threads,
    ...by,
    config,
    preprocessing,
    thresholds,
    postprocessing: postprocessing ?? null,
    recommendation: recommendation ?? null,
    classNames: classNames ?? null,
    training: training ?? null,
    levels: summary.levels,
    trainingMemory: costs?.memory ?? null,
    gpu: gpu ?? null,
  });
}

function portrait(model: Model): string[] {
  const { config } = model;
  const { preprocessing, postprocessing, recommendation, classNames, training } = model.card;
  const { inChannels, classes } = config;
  return [
    `network   ${networkText(config)}`,
    `input     ${plural(inChannels, 'channel')}, values from 0 to 1, ${frameText(preprocessing)}`,
    `output    ${classes === 1 ? 'foreground or background' : `one of ${classes} classes`} of each pixel`,
    ...(classNames ? [`classes   ${classNames.join(', ')}`] : []),
    ...(classes === 1 ? [`threshold ${thresholdsText(model.card)}`] : []),
    ...(postprocessing ? [`masks     ${postprocessingsText(postprocessing)}`] : []),
    ...(recommendation
      ? [`auto      ${recommendation.mode}: ${reasonText(recommendation)}, on ${measuredOn(recommendation)}`]
      : []),
    ...(training ? ['training', ...trainingFacts(training)] : ['training  not known: it was not trained here']),
  ];
}

/** Says at which size the network sees images. */
function frameText({ size, fit, patch, spacing }: Preprocessing): string {
  if (size !== undefined) return fit === 'pad' ? `scaled and padded to ${size}x${size}` : `resized to ${size}x${size}`;
  const own = spacing === undefined ? 'at their own size' : `resampled to ${spacing} mm a pixel`;
  return patch === undefined ? own : `${own}, trained on patches of ${patch}x${patch}`;
}

function measuredOn({ subset, images }: Recommendation): string {
  return plural(images, subset === 'all' ? 'image' : `${subset} image`);
}
