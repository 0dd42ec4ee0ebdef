/** The formats of `export`, by name: one entry for each. */
import { c } from './c.js';
import { edge } from './edge.js';
import type { Exporter } from './exporter.js';
import { torch } from './torch.js';

export const exporters = { torch, edge, c } as const satisfies Readonly<Record<string, Exporter>>;

export type ExportFormat = keyof typeof exporters;

export const exportFormats = Object.keys(exporters) as ExportFormat[];
