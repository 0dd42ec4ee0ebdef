/** What a segmentation takes over from its source: the patient, the study, the frame of reference. */
import type { DataElements } from '../encode.js';
import type { DicomFile } from '../file.js';

/** What is copied where it is there; where it is not, those with `true` are written empty, as the standard wants. */
const COPIED: readonly (readonly [tag: string, vr: string, isNeeded: boolean])[] = [
  ['00080005', 'CS', false],
  ['00080020', 'DA', true],
  ['00080030', 'TM', true],
  ['00080050', 'SH', true],
  ['00080090', 'PN', true],
  ['00081030', 'LO', false],
  ['00100010', 'PN', true],
  ['00100020', 'LO', true],
  ['00100030', 'DA', true],
  ['00100040', 'CS', true],
  ['00101010', 'AS', false],
  ['0020000d', 'UI', true],
  ['00200010', 'SH', true],
  ['00200052', 'UI', true],
  ['00201040', 'LO', true],
];

/** When the source was made. A segmentation has no time of its own, so that the same input gives the same bytes. */
const DATES = ['00080023', '00080022', '00080021', '00080020'];
const TIMES = ['00080033', '00080032', '00080031', '00080030'];

export function sourceElements({ dataset }: DicomFile): DataElements {
  const copied = COPIED.flatMap(([tag, vr, isNeeded]) => {
    const value = dataset.elements.get(tag)?.value;
    return value || isNeeded ? [[tag, [vr, value ?? '']] as const] : [];
  });
  const first = (tags: readonly string[], otherwise: string) =>
    tags.map((tag) => dataset.text(tag)).find((text) => text !== undefined) ?? otherwise;
  return {
    ...Object.fromEntries(copied),
    '00080023': ['DA', first(DATES, '19000101')],
    '00080033': ['TM', first(TIMES, '000000')],
    ...compression(dataset),
  };
}

/** Whether the source has lost details, which a segmentation of it says, too. */
function compression(dataset: DicomFile['dataset']): DataElements {
  if (dataset.text('00282110') !== '01') return { '00282110': ['CS', '00'] };
  const [ratio, method] = [dataset.texts('00282112').join('\\'), dataset.texts('00282114').join('\\')];
  return {
    '00282110': ['CS', '01'],
    ...(ratio !== '' && { '00282112': ['DS', ratio] }),
    ...(method !== '' && { '00282114': ['CS', method] }),
  };
}

/** Whether the texts of a source are plain ASCII, so that they may be called UTF-8. */
export function isAscii(elements: DataElements): boolean {
  return Object.values(elements).every(
    ([, value]) => !(value instanceof Uint8Array) || value.every((byte) => byte < 128),
  );
}
