/** The files that the campaign changes, as `--kinds` names them: a name is of all kinds that begin with it. */
export const FUZZED = [
  'split.json',
  'patients.json',
  'classes.json',
  'config of import-torch',
  'config.json of a run',
  'metrics.jsonl',
  'PNG',
  'mask',
  '.npy',
  'TIFF',
  'JPEG',
  'DICOM',
  'NIfTI',
  'model',
  'checkpoint',
  'ONNX',
  '.mat',
] as const;

export type Fuzzed = (typeof FUZZED)[number];

/** A file whose checksums are computed again is a kind of its own. */
export type KindName = Fuzzed | `${Fuzzed}, checksums right`;

/** The file that a kind is of. */
export function fileOf(name: KindName): string {
  return name.replace(', checksums right', '');
}
