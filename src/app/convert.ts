/** `unetpp convert`: any data folder as PNG pairs. */

import { path } from '../cli/options/parsers.js';
import { type CommonOptions, command, report } from '../cli/program.js';
import { plural } from '../cli/tables/format.js';
import { ProgressBar } from '../cli/terminal/progress.js';
import { type DataFolder, readDataFolder } from '../data/folder/folder.js';
import { encodePng } from '../formats/png/png.js';
import { nodeFiles } from '../platform/node/files/node-files.js';
import { readBytes } from '../platform/node/files/read.js';
import { WholeFolder } from '../platform/node/files/whole-folder.js';
import { storedMask } from '../report/overlay.js';
import { type ForceOption, forceOption, outputsOf } from './outputs.js';

interface ConvertOptions extends CommonOptions, ForceOption {
  readonly data: string;
  readonly out: string;
}

export const convert = command(
  'convert',
  'Write a data folder (figshare brain tumours, DSB2018) as images/NAME.png and masks/NAME.png, with patients.json where patients are known.',
  'unetpp convert --data figshare --out tumours',
)
  .usage('--data DIR --out DIR [options]')
  .requiredOption('--data <dir>', 'data folder, as for train', path)
  .requiredOption('--out <dir>', 'new folder', path)
  .addOption(forceOption())
  .action(run);

async function run(options: ConvertOptions): Promise<void> {
  const { data, out } = options;
  const outputs = outputsOf(options, { '--data': data });
  await outputs.newFolder(out);
  const folder = await readDataFolder(nodeFiles, data);
  const progress = new ProgressBar(options);
  const target = new WholeFolder(out);
  try {
    const written = await write(folder, target, progress);
    await target.finish(outputs.force);
    report(options, linesOf(written, folder, out), { out, ...written });
  } finally {
    progress.clear();
    await target.discard();
  }
}

interface Written {
  readonly images: number;
  readonly patients: number;
  /** Bits of a sample, with the least and greatest value stored; values are as they were, not stretched. */
  readonly bits: readonly number[];
  readonly range: readonly [number, number];
}

async function write(folder: DataFolder, target: WholeFolder, progress: ProgressBar): Promise<Written> {
  const { classNames, splitFile } = folder;
  const records = [...folder.records.values()];
  const bits = new Set<number>();
  let [least, greatest] = [Number.POSITIVE_INFINITY, 0];
  for (const [k, { name, read }] of records.entries()) {
    const { image, mask } = await read();
    bits.add(8 * image.data.BYTES_PER_ELEMENT);
    for (const value of image.data) {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    await target.write(`images/${name}.png`, encodePng(image));
    await target.write(`masks/${name}.png`, encodePng(storedMask(mask, classNames.length)));
    progress.update('convert', k + 1, records.length, `${k + 1} of ${plural(records.length, 'image')}`);
  }
  const known = records.filter(({ patient }) => patient !== undefined);
  const origins = Object.fromEntries(known.map(({ name, patient, label }) => [name, { patient, label }]));
  if (known.length > 0) await target.write('patients.json', `${JSON.stringify(origins, null, 1)}\n`);
  await target.write('classes.json', `${JSON.stringify(classNames)}\n`);
  if (splitFile) await target.write('split.json', await readBytes(splitFile));
  const patients = new Set(known.map(({ patient }) => patient)).size;
  return { images: records.length, patients, bits: [...bits].sort((a, b) => a - b), range: [least, greatest] };
}

function linesOf({ images, patients, bits, range }: Written, { classNames }: DataFolder, out: string): string[] {
  const ofPatients = patients > 0 ? ` of ${plural(patients, 'patient')} (patients.json)` : '';
  const isDark = bits.at(-1) === 16 && range[1] < 16384;
  return [
    `${plural(images, 'image')}${ofPatients} in ${out}, masks of ${classNames.join(', ')}`,
    `values as they were: ${bits.join(' and ')} bits, from ${range[0]} to ${range[1]}`,
    ...(isDark ? ['a small part of 16 bits: train with --normalise percentile or zscore'] : []),
  ];
}
