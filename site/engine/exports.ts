/** What a person takes home: the open model for this and other programs, and the masks of the images that were dropped. */
import { testImage } from '../../src/app/export/check.js';
import type { Exporter } from '../../src/app/export/exporter.js';
import { MASK } from '../../src/app/kinds.js';
import { requireForPrediction } from '../../src/app/memory.js';
import type { Progress } from '../../src/app/observer.js';
import { objectsCsv } from '../../src/app/prediction/objects-csv.js';
import { InputError } from '../../src/base/errors.js';
import { costSize } from '../../src/cli/tables/costs.js';
import { encodePng } from '../../src/formats/png/encode.js';
import { sliceSource } from '../../src/formats/slice-source.js';
import { sliceName, withNeighbours } from '../../src/formats/stack.js';
import { writeZip } from '../../src/formats/zip.js';
import type { Output } from '../../src/network/mode.js';
import { storedMask } from '../../src/report/overlay.js';
import type { Images, OpenFile } from './images.js';
import { classNamesOf } from './models.js';
import type { Engine, ExportedFile, ExportedMasks } from './protocol.js';
import type { OpenModel } from './session.js';

type Format = Parameters<Engine['exportModel']>[0];

/** They are loaded where they are asked for. */
const exporters: Readonly<Record<Exclude<Format, 'safetensors'>, () => Promise<Exporter>>> = {
  onnx: async () => (await import('../../src/app/export/onnx.js')).onnx,
  edge: async () => (await import('../../src/app/export/edge.js')).edge,
};

/** Exports a model; several files are one archive. @throws InputError for a network that the format cannot hold */
export async function exportModel({ model, name, bytes }: OpenModel, format: Format): Promise<ExportedFile[]> {
  if (format === 'safetensors') return [{ path: 'model.safetensors', bytes }];
  const side = costSize(model);
  const size = { width: side, height: side };
  const exporter = await exporters[format]();
  const { files } = await exporter.export(model, {
    file: name,
    size,
    image: testImage(size, model.config.inChannels),
  });
  const encoded = files.map(({ name, content }): ExportedFile => ({ path: name, bytes: bytesOf(content) }));
  return encoded.length === 1 ? encoded : [archive(`${format}.zip`, encoded)];
}

/**
 * Segments all images that were dropped: NAME.png is a mask, NAME-objects.csv the table of its objects, of each slice
 * where there are several. They come in one archive. An image that cannot be read is left out, with the reason.
 * @throws InputError where none is left
 */
export async function exportMasks(
  { model }: OpenModel,
  images: Images,
  { mode, threshold }: { readonly mode: Output; readonly threshold: number },
  onProgress: (progress: Progress) => void,
): Promise<ExportedMasks> {
  const { plane, neighbours = 0 } = model.card.preprocessing;
  const names = classNamesOf(model);
  const total = images.taken.size;
  if (total === 0) throw new InputError('no image was dropped to be segmented; drop some first');
  const files: ExportedFile[] = [];
  const refused: string[] = [];
  const segment = async (name: string, open: OpenFile) => {
    const opened = withNeighbours(
      await open({ channels: model.config.inChannels, ...(plane && { plane }) }),
      neighbours,
    );
    const { width, height, slices } = opened.header;
    const computing = { tiling: 'auto', tta: 'none' } as const;
    requireForPrediction([{ model, mode }], computing, { path: name, width, height, slices: 1 });
    const own: ExportedFile[] = [];
    for (let slice = 0; slice < slices; slice++) {
      const image = sliceSource(opened, slice);
      const { mask, instances } = await model.predictInstances(image, { mode, threshold });
      const target = sliceName(name, slice, slices);
      own.push({ path: `${target}.png`, bytes: encodePng(storedMask(mask, names.length), MASK.text) });
      own.push({ path: `${target}-objects.csv`, bytes: bytesOf(objectsCsv(instances, image, names)) });
    }
    files.push(...own);
  };
  let done = 0;
  for (const [name, open] of images.taken) {
    try {
      await segment(name, open);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused.push(error.message);
    }
    onProgress({ phase: 'predict', done: ++done, total });
  }
  if (files.length === 0) throw new InputError(refused[0]!);
  return { files: [archive('masks.zip', files)], refused };
}

function archive(path: string, files: readonly ExportedFile[]): ExportedFile {
  return { path, bytes: writeZip(files.map(({ path, bytes }) => [path, bytes] as const)) };
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
