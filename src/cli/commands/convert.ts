/** `unetpp convert`: any data folder as PNG pairs. */
import { type ConvertedFolder, type ConvertFolderOptions, convertFolder } from '../../app/data/convert-folder.js';
import { readingOptions } from '../../app/options/data-options.js';
import { path } from '../../app/options/parsers.js';
import { forceOptions } from '../../app/options/run-options.js';
import { plural } from '../../base/quantities.js';
import { type CommonOptions, command, report } from '../program.js';
import { terminalObserver } from '../terminal/observer.js';
import { ProgressBar } from '../terminal/progress.js';

export const convert = command(
  'convert',
  'Write a data folder (figshare brain tumours, DSB2018) as images/NAME.png and masks/NAME.png, with patients.json where patients are known.',
  'unetpp convert --data figshare --out tumours',
)
  .usage('--data DIR --out DIR [options]')
  .requiredOption('--data <dir>', 'data folder, as for train', path)
  .requiredOption('--out <dir>', 'new folder', path)
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

function linesOf({ images, patients, bits, range, classNames }: ConvertedFolder, out: string): string[] {
  const ofPatients = patients > 0 ? ` of ${plural(patients, 'patient')} (patients.json)` : '';
  const isDark = bits.at(-1) === 16 && range[1] < 16384;
  return [
    `${plural(images, 'image')}${ofPatients} in ${out}, masks of ${classNames.join(', ')}`,
    `values as they were: ${bits.join(' and ')} bits, from ${range[0]} to ${range[1]}`,
    ...(isDark ? ['a small part of 16 bits: train with --normalise percentile or zscore'] : []),
  ];
}
