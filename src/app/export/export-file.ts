/** A model file exported for other programs: `unetpp export`. */

import { makeFolder } from '#platform/files/outputs.js';
import { bytesOf } from '../../base/bytes.js';
import { InputError } from '../../base/errors.js';
import { roundUp } from '../../base/multiples.js';
import type { Author } from '../../export/bioimage/description.js';
import type { FileKind } from '../../formats/file-kind.js';
import type { Size } from '../../image/frame.js';
import { loadModel } from '../../index.js';
import type { Model } from '../../model/model.js';
import { prune } from '../../model/prune.js';
import type { WeightFormat } from '../../model/weight-formats.js';
import { depthOf } from '../../network/config.js';
import { levelsOfMode, parseMode } from '../../network/mode.js';
import { type ForceOption, outputsOf } from '../outputs.js';
import { type Exported, type ExportedFile, type Exporter, formatOptions } from './exporter.js';
import { type ExportFormat, exporters, exportFormats } from './formats.js';
import { imageToTry, ownSize } from './image.js';

export interface ExportFileOptions extends ForceOption {
  /** The model file. */
  readonly model: string;
  readonly format: ExportFormat;
  /** The file or the folder that is written, as the format has it. */
  readonly out: string;
  /** The mode that is exported: what it does not need is left out. Default: 'accurate'. */
  readonly mode?: string;
  /** The size that the export is fixed to, where the format fixes one. Default: that of the model. */
  readonly size?: Size | undefined;
  /** An image of the kind that the model is for, on which the export is tried. Default: a slice of the phantom. */
  readonly image?: string | undefined;
  /** Whether what is written normalises images itself, where the format can. Default: false. */
  readonly preprocessing?: boolean | undefined;
  /** How weights are stored, where the format has a choice. Default: 'f32'. */
  readonly weights?: WeightFormat | undefined;
  /** What a format says of the model beside what it is: see `About`. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: readonly Author[] | undefined;
  readonly license?: string | undefined;
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
}

export interface ExportedModel extends Omit<Exported, 'files'> {
  readonly files: readonly WrittenFile[];
  /** The size of the test image. */
  readonly image: Size;
}

/** Files in the folder of an export, which is new or whose files are replaced by force. */
const PART: FileKind = { name: 'a file of an export', begins: () => false };

/**
 * Exports a model. Nothing is written before what would be written was run on the test image.
 * @throws InputError for options that the format does not take, a network that it cannot hold, or a place that may not
 *   be written to
 */
export async function exportFile(options: ExportFileOptions): Promise<ExportedModel> {
  const { format, mode = 'accurate', weights, preprocessing, name, description, author: authors, license } = options;
  const exporter: Exporter = exporters[format];
  checkTaken(options, exporter);
  const write = await claim(options, exporter);
  const model = prunedTo(mode, await loadModel(options.model, { threads: 1 }));
  const image = await imageToTry(model, {
    path: options.image,
    size: options.size,
    around: (size) => exporter.sizeAround?.(model, size, options.size) ?? multipleAround(model, size, options.size),
  });
  const { width, height } = image;
  const found = options.image === undefined ? ownSize(model) : { width, height };
  const { files, ...checked } = await exporter.export(model, {
    file: options.model,
    size: options.size ?? found,
    givenSize: options.size,
    preprocessing,
    weights,
    about: { name, description, authors, license },
    image,
  });
  return { files: await write(files), image: { width, height }, ...checked };
}

/** @throws InputError for an option that belongs to other formats */
function checkTaken(options: ExportFileOptions, { takes }: Exporter): void {
  for (const name of formatOptions) {
    if (options[name] === undefined || takes.includes(name)) continue;
    const others = exportFormats.filter((format) => (exporters[format] as Exporter).takes.includes(name));
    const advice = others.length > 0 ? `it belongs to ${others.join(', ')}` : 'leave it out';
    throw new InputError(`--${name}: --format ${options.format} does not take it; ${advice}`);
  }
}

/** Claims the place of an export before the work, and returns what writes its files there. */
async function claim(options: ExportFileOptions, { target }: Exporter) {
  const { out } = options;
  const outputs = outputsOf(options, { '--model': options.model, '--image': options.image });
  const single = target === 'folder' ? undefined : await outputs.file(out, target);
  if (!single) await outputs.newFolder(out);
  return async (files: readonly ExportedFile[]): Promise<WrittenFile[]> => {
    if (!single) await makeFolder(out);
    const written: WrittenFile[] = [];
    for (const { name, content } of files) {
      const { path, write } = single ?? (await outputs.file(`${out}/${name}`, PART));
      await write(content);
      written.push({ path, bytes: bytesOf(content).length });
    }
    return written;
  };
}

/** The network that a mode needs. @throws InputError that names the modes of the model */
function prunedTo(mode: string, model: Model): Model {
  const levels = levelsOfMode(parseMode(mode, model.config), model.config);
  return model.config.deepSupervision && levels.length === 1 ? prune(model, levels[0]!) : model;
}

/** The next multiple of what the network halves; a size that is fixed is left to the format, which may refuse it. */
function multipleAround({ config }: Model, size: Size, fixed: Size | undefined): Size {
  const multiple = 2 ** depthOf(config);
  return fixed ?? { width: roundUp(size.width, multiple), height: roundUp(size.height, multiple) };
}
