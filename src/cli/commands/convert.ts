/** `unetpp convert`: any data folder as pairs of files of one format. */
import { Option } from 'commander';
import { type ConvertedFolder, type ConvertFolderOptions, convertFolder } from '../../app/data/convert-folder.js';
import { convertFormats } from '../../app/data/converted-files.js';
import { readingOptions } from '../../app/options/data-options.js';
import { path } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { plural } from '../../base/quantities.js';
import { type CommonOptions, command, report } from '../program.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const convert = command(
  'convert',
  'Write a data folder of any layout as images/NAME.png and masks/NAME.png, or in another format, with patients.json where patients are known. It reads data folders, images with their masks, and no single files.',
  'unetpp convert --data figshare --out tumours',
)
  .usage('--data DIR --out DIR [options]')
  .requiredOption('--data <dir>', 'data folder, as for train', path)
  .requiredOption('--out <dir>', 'new folder', path)
  .addOption(
    new Option(
      '--format <name>',
      'format of images and masks: png and npy, a file for each slice of a volume; tiff and nifti, one for all of its slices, with their distances and in NIfTI their place (default: png, and npy for images that PNG does not hold)',
    ).choices(convertFormats),
  )
  .addTable(readingOptions)
  .addTable(forceOptions)
  .action(run);

async function run(options: CommonOptions & ConvertFolderOptions): Promise<void> {
  const bar = new ProgressBar(options);
  const converted = await convertFolder(options, terminalObserver(bar));
  bar.clear();
  const { classNames, ...result } = converted;
  report(options, linesOf(converted, options.out), { out: options.out, ...result });
}

function linesOf({ images, patients, bits, range, plane, classNames }: ConvertedFolder, out: string): string[] {
  const ofPatients = patients > 0 ? ` of ${plural(patients, 'patient')} (patients.json)` : '';
  const isDark = bits.at(-1) === 16 && range[1] < 16384;
  return [
    `${plural(images, 'image')}${ofPatients} in ${out}, masks of ${classNames.join(', ')}`,
    `values as they were: ${bits.join(' and ')} bits, from ${range[0]} to ${range[1]}`,
    ...(plane ? [`volumes of ${plane} slices: read them with --plane ${plane}`] : []),
    ...(isDark ? ['a small part of 16 bits: train with --normalise percentile or zscore'] : []),
  ];
}
