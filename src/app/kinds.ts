/** The kinds of files that commands write: a file may be written over by one of its kind, see `Outputs`. */
import { type FileKind, SOFTWARE } from '../formats/file-kind.js';
import { pngKind } from '../formats/png/kind.js';

export const MASK = pngKind('mask', 'a mask');
export const LABELS = pngKind('labels', 'a label image');
export const OVERLAY = pngKind('overlay', 'an overlay');
export const CONTACT_SHEET = pngKind('contact sheet', 'a contact sheet');
export const WORST_IMAGES = pngKind('worst images', 'a picture of the worst images');
export const PREDICTIONS = pngKind('predictions', 'a picture of predictions');
export const LEARNING_CURVES = pngKind('learning curves', 'a picture of learning curves');

export const LEARNING_RATES = pngKind('learning rates', 'a picture of learning rates');

/** What the file of a plan says it is. */
export const PLAN_MARK = `${SOFTWARE} plan`;
export const PLAN: FileKind = { name: 'a plan', begins: (head) => head.startsWith(`{\n  "kind": "${PLAN_MARK}"`) };

/** What is written into converted images of volumes and of TIFF files. */
export const IMAGE_MARK = `${SOFTWARE} image`;
/** What is written into the masks of volumes and of TIFF files, into the numbers of their objects and their probabilities. */
export const RESULT_MARK = `${SOFTWARE} mask`;
export const LABELS_MARK = `${SOFTWARE} labels`;
export const PROBABILITIES_MARK = `${SOFTWARE} probabilities`;

const TABLE = 'a table of a study';

/** The comment at the start of a Markdown table, which no viewer shows. */
export const MARKDOWN_MARK = `<!-- ${SOFTWARE} study -->\n`;

/** The formats of the tables of a study, by their file endings. */
export type TableFormat = 'md' | 'csv' | 'json';

/** The tables of a study, by the ending of their names. */
export const STUDY_TABLES: Readonly<Record<TableFormat, FileKind>> = {
  md: { name: TABLE, begins: (head) => head.startsWith(MARKDOWN_MARK) },
  csv: { name: TABLE, begins: (head) => /^(?:arm,network|level),parameters,macs,.*,pHolm,units,.*\r\n/.test(head) },
  json: { name: TABLE, begins: (head) => head.startsWith(`{\n  "software": "${SOFTWARE}",\n  "compare"`) },
};
