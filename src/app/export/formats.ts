/** The formats of `export`, by name: one entry for each. */
import { bioimage } from './bioimage.js';
import { c } from './c.js';
import { edge } from './edge.js';
import type { Exporter } from './exporter.js';
import { onnx } from './onnx.js';
import { torch } from './torch.js';

export const exporters = { onnx, bioimage, torch, edge, c } as const satisfies Readonly<Record<string, Exporter>>;

export type ExportFormat = keyof typeof exporters;

export const exportFormats = Object.keys(exporters) as ExportFormat[];

/** What each format is, for the help. */
export const formatsHelp = Object.entries(exporters)
  .map(([name, { help }]) => `${name}: ${help}`)
  .join('; ');
