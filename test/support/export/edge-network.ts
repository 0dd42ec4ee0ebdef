/** Exports to the edge, as tests look into them. */
import { testImage } from '../../../src/app/export/check.js';
import { edge } from '../../../src/app/export/edge.js';
import type { ExportRequest } from '../../../src/app/export/exporter.js';
import type { Size } from '../../../src/image/frame.js';
import type { Model } from '../../../src/model/model.js';

/** The files of an export by their names, with the rest of what it says. */
export async function exportEdge(model: Model, size: Size, weights: ExportRequest['weights'] = 'f32') {
  const image = testImage(size, model.config.inChannels);
  const { files, ...rest } = await edge.export(model, { file: 'model.safetensors', size, weights, image });
  return { ...rest, files: new Map(files.map(({ name, content }) => [name, content as Uint8Array])) };
}
