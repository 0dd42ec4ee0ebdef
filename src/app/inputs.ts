/** The images that `unetpp predict` is given, all of them checked before the first result is written. */
import { readdir, stat } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { InputError } from '../base/errors.js';
import { GREY_ON_RGB, RGB_ON_GREY } from '../cli/tables/describe.js';
import { plural } from '../cli/tables/format.js';
import type { ProgressBar } from '../cli/terminal/progress.js';
import type { Model } from '../model/model.js';
import type { Mode } from '../network/mode.js';
import { fileError } from '../platform/node/files/file-errors.js';
import { readPng, readPngHeader } from '../platform/node/files/read-png.js';
import { requireForPrediction } from './memory.js';

export interface Input {
  readonly path: string;
  /** What its results are called: its file name without the ending. */
  readonly name: string;
}

/** What `unetpp predict` does with what it is given. */
export interface Inputs {
  readonly images: readonly Input[];
  /** Paths of what lies beside them and is no PNG file; hidden files are not told. */
  readonly skipped: readonly string[];
}

/**
 * The PNG files meant by `input`, in name order.
 * @throws InputError where there is none, or where a result would be written over another
 */
export async function listInputs(input: string): Promise<Inputs> {
  const missing = 'there is no such file or folder; check the path';
  const fail = (error: unknown) => {
    throw fileError(input, 'read', error, missing);
  };
  const isFolder = (await stat(input).catch(fail)).isDirectory();
  const entries = isFolder ? (await readdir(input).catch(fail)).filter((file) => !file.startsWith('.')).sort() : [];
  const files = entries.filter(isPng);
  if (isFolder && files.length === 0) {
    throw new InputError(`${input}: no PNG image in this folder; convert the images to PNG`);
  }
  const paths = isFolder ? files.map((file) => join(input, file)) : [input];
  const images = paths.map((path) => ({ path, name: parse(path).name }));
  refuseCollisions(images);
  return { images, skipped: entries.filter((file) => !isPng(file)).map((file) => join(input, file)) };
}

/**
 * Looks at every image once before any work, so that a damaged one does not stop it half-way.
 * @throws InputError that names the file: damaged, of a kind that the model does not read, or too large for the memory
 */
export async function checkInputs(
  inputs: readonly Input[],
  model: Model,
  mode: Mode,
  progress: ProgressBar,
): Promise<void> {
  const { inChannels } = model.config;
  const sizes = new Set<string>();
  const others = { grey: 0, RGB: 0 };
  for (const [k, { path }] of inputs.entries()) {
    const { width, height } = await readPngHeader(path);
    if (!sizes.has(`${width}x${height}`)) requireForPrediction(model, mode, { path, width, height });
    sizes.add(`${width}x${height}`);
    const { channels } = await readPng(path);
    // Grey and colour are converted into each other.
    if (channels !== inChannels && inChannels !== 1 && inChannels !== 3) {
      const found = plural(channels, 'channel');
      throw new InputError(`${path}: an image of ${found}, the model reads ${inChannels}; save it with ${inChannels}`);
    }
    if (inChannels === 3 && channels < 3) others.grey++;
    if (inChannels === 1 && channels >= 3) others.RGB++;
    progress.update('reading', k + 1, inputs.length, `${k + 1} of ${plural(inputs.length, 'image')}`);
  }
  if (others.grey > 0) progress.line(`remark    ${plural(others.grey, 'grey image')}: ${GREY_ON_RGB}`);
  if (others.RGB > 0) progress.line(`remark    ${plural(others.RGB, 'RGB image')}: ${RGB_ON_GREY}`);
}

function isPng(file: string): boolean {
  return extname(file).toLowerCase() === '.png';
}

/** NAME.png and NAME-overlay.png of all inputs must be different files. */
function refuseCollisions(inputs: readonly Input[]): void {
  const owners = new Map<string, string>();
  for (const { path, name } of inputs) {
    for (const result of [name, `${name}-overlay`]) {
      const other = owners.get(result);
      if (other) throw new InputError(`${other} and ${path} would both give ${result}.png; rename one of them`);
      owners.set(result, path);
    }
  }
}
