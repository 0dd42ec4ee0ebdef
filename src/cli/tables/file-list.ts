/** What each image file of a data folder holds, for `unetpp check --files`. */
import type { DataFolder } from '../../data/folder/folder.js';
import type { FolderRecord, RecordFile } from '../../data/folder/format.js';
import type { ImageHeader } from '../../formats/format.js';
import { channelsText } from './words.js';

/** A file: null stands for what it does not say. Distances are in millimetres, those of pixels from row to row first. */
export interface FileSummary {
  readonly path: string;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly slices: number;
  readonly channels: number;
  readonly bits: number;
  readonly samples: ImageHeader['samples'];
  readonly spacing: ImageHeader['spacing'] | null;
  readonly sliceSpacing: number | null;
  readonly plane: ImageHeader['plane'] | null;
  /** Where its axes run, see `ImageHeader`. */
  readonly orientation: string | null;
  /** The patient by whom splits are drawn; only where patients are to be shown. */
  readonly patient?: string | null;
}

/** The files of a folder in the order of their images. The slices of a volume are of one file. */
export function filesOf(
  { records }: DataFolder,
  { showPatients = false }: { readonly showPatients?: boolean },
): FileSummary[] {
  const firstOf = new Map<RecordFile, FolderRecord>();
  for (const record of records.values()) if (!firstOf.has(record.file)) firstOf.set(record.file, record);
  return [...firstOf.values()].map(({ file: { path, format, header }, patient = null }) => {
    const { width, height, slices, channels, bits, samples } = header;
    const { spacing = null, sliceSpacing = null, plane = null, orientation = null } = header;
    return {
      ...{ path, format, width, height, slices, channels, bits, samples },
      ...{ spacing, sliceSpacing, plane, orientation },
      ...(showPatients && { patient }),
    };
  });
}

/** `data/images/a.nii.gz: NIfTI, 24x20x3, 16-bit signed grey, pixels of 0.5x0.75 mm, slices 3 mm apart, axial, RAS`. */
export function fileLine(file: FileSummary): string {
  const { path, format, width, height, slices, channels, bits, samples } = file;
  const { spacing, sliceSpacing, plane, orientation, patient } = file;
  const what = [
    format,
    `${width}x${height}${slices > 1 ? `x${slices}` : ''}`,
    `${bits}-bit ${samples} ${channelsText(channels)}`,
    ...(spacing ? [`pixels of ${millimetres(spacing[1])}x${millimetres(spacing[0])} mm`] : []),
    ...(sliceSpacing === null ? [] : [`slices ${millimetres(sliceSpacing)} mm apart`]),
    ...(plane === null ? [] : [plane]),
    ...(orientation === null ? [] : [orientation]),
    ...(patient ? [`patient ${patient}`] : []),
  ];
  return `${path}: ${what.join(', ')}`;
}

/** As many digits as files mean. */
function millimetres(value: number): string {
  return String(Number(value.toPrecision(4)));
}
