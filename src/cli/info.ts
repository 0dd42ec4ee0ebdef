/** `unetpp info`: what a model is and what it costs. */
import { loadModel, planFor } from '../index.js';
import { depthOf } from '../model/config.js';
import type { Model } from '../model/model.js';
import { type Summary, summarize } from '../model/summary.js';
import { networkText, thresholdsText } from './describe.js';
import { grouped, inWords, memorySize, plural } from './format.js';
import { type CommonOptions, command, report } from './program.js';
import { path } from './values.js';

interface InfoOptions extends CommonOptions {
  readonly model: string;
}

/** Pixels a side at which the cost of a model without a size of its own is stated. */
const SIZE = 128;

export const info = command(
  'info',
  'Show what a model is: its network, what it reads and says, its training, and its cost by head.',
  'unetpp info --model runs/phantom/model.safetensors',
)
  .usage('--model FILE [options]')
  .requiredOption('--model <file>', 'model file', path)
  .action(run);

async function run(options: InfoOptions): Promise<void> {
  const model = await loadModel(options.model);
  const { config, preprocessing, thresholds, training } = model;
  const multiple = 2 ** depthOf(config);
  const size = Math.ceil((preprocessing.size ?? SIZE) / multiple) * multiple;
  const summary = summarize(config, { width: size, height: size }, planFor);
  report(options, [...portrait(model), '', ...costTable(summary, size)], {
    parameters: summary.parameters,
    macs: summary.macs,
    workingBytes: summary.workingBytes,
    size,
    config,
    preprocessing,
    thresholds,
    training: training ?? null,
    levels: summary.levels,
  });
}

function portrait(model: Model): string[] {
  const { config, preprocessing, training } = model;
  const { inChannels, classes } = config;
  const { size } = preprocessing;
  return [
    `network   ${networkText(config)}`,
    `input     ${plural(inChannels, 'channel')}, values from 0 to 1, ${size ? `resized to ${size}x${size}` : 'at their own size'}`,
    `output    ${classes === 1 ? 'foreground or background' : `one of ${classes} classes`} of each pixel`,
    ...(classes === 1 ? [`threshold ${thresholdsText(model)}`] : []),
    ...(training ? ['training', ...facts(training)] : ['training  not known: it was not trained here']),
  ];
}

/** What the file says of its training, a line for each fact; lists are left to --json. */
function facts(training: Readonly<Record<string, unknown>>, indent = '  '): string[] {
  return Object.entries(training).flatMap(([name, value]) => {
    if (Array.isArray(value)) return [];
    if (typeof value === 'object' && value !== null) {
      return [`${indent}${name}`, ...facts(value as Readonly<Record<string, unknown>>, `${indent}  `)];
    }
    return [`${indent}${name.padEnd(18 - indent.length)}${shown(value)}`];
  });
}

function shown(value: unknown): string {
  const rounded = typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  return JSON.stringify(rounded);
}

function costTable({ levels, ...all }: Summary, size: number): string[] {
  const rows = [...levels, { head: 'all', ...all }].map(({ head, parameters, macs, workingBytes }) => {
    const cells = [grouped(parameters).padStart(13), inWords(macs).padStart(17), memorySize(workingBytes).padStart(10)];
    return head.padEnd(6) + cells.join('');
  });
  return [`head     parameters    multiply-adds    memory   for an image of ${size}x${size}`, ...rows];
}
