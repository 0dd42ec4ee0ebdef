/**
 * `npm run search:blocks`: whether other blocks of tiles, or other paddings, would make the Winograd kernels faster. One
 * constant of src/backend/wasm/kernels/winograd-pass.ts at a time is changed, in a copy of the build where they are
 * variables, and the whole network is timed in turns with the present ones: a forward pass of one image, and a training
 * step of four. Prints Markdown.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { oneOf, whole, wholeList } from '../../src/app/options/parsers.js';
import { CliCommand } from '../../src/cli/options/command.js';
import { guard, guardStreams, inHouseStyle } from '../../src/cli/program.js';
import { ProgressBar } from '../../src/cli/terminal/progress.js';
import { compileWasm } from '../../src/platform/node/wasm/module.js';
import { describe } from '../engine.js';
import { networkTitle } from '../report.js';
import { MICRO_BATCH, type WorkloadOptions } from '../workload.js';
import { CONSTANTS, type Constant, compareValues, type Row, valuesTable } from './search.js';
import { type Variables, withVariables } from './variables.js';

const DIST = fileURLToPath(new URL('../..', import.meta.url));
/** What the network needs to run. */
const FOLDERS = ['src', 'reference', 'bench', 'workers', 'wasm'];
/** The module whose constants are changed. */
const MODULE = 'src/backend/wasm/kernels/winograd-pass.js';

interface Options extends Pick<WorkloadOptions, 'filters' | 'size'> {
  readonly rounds: number;
  readonly constants: readonly Constant[];
}

const program = inHouseStyle(new CliCommand('npm run search:blocks --'), 'see npm run search:blocks -- --help')
  .description('Times the network with other blocks and paddings of the Winograd kernels; a quarter of an hour.')
  .option('--filters <list>', 'channels of each level', wholeList, [32, 64, 128, 256, 512])
  .option('--size <pixels>', 'width and height of the images', whole(1), 128)
  .option('--rounds <n>', 'how often each value is timed', whole(1), 7)
  .option('--constants <list>', 'which ones are changed', constantList, CONSTANTS)
  .helpOption('-h, --help', 'show this help')
  .action(run);

function constantList(text: string): Constant[] {
  return text.split(',').map(oneOf(CONSTANTS));
}

async function run({ rounds, constants, ...network }: Options): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'unetpp-blocks-'));
  try {
    copyBuild(copy);
    const load = (path: string) => import(pathToFileURL(join(copy, path)).href);
    const { createEngine }: typeof import('../engine.js') = await load('bench/engine.js');
    const { Workload }: typeof import('../workload.js') = await load('bench/workload.js');
    const variables: Variables<Constant> = await load(MODULE);
    const workload = { ...network, batch: MICRO_BATCH };
    for (const vectoriser of compileWasm().vectoriser ? [true, false] : [false]) {
      const engine = await createEngine({ threads: 1, vectoriser });
      const subject = { Workload, variables, createBackend: engine.createBackend };
      const progress = new ProgressBar({});
      const rows: Row[] = [];
      for (const [k, constant] of constants.entries()) {
        progress.update('search', k, constants.length, constant);
        rows.push(...(await compareValues(constant, subject, workload, rounds)));
      }
      progress.clear();
      console.log([describe(engine), networkTitle(workload), valuesTable(rows, rounds), ''].join('\n\n'));
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Copies the build, with the constants as variables. */
function copyBuild(copy: string): void {
  for (const folder of FOLDERS) cpSync(join(DIST, folder), join(copy, folder), { recursive: true });
  symlinkSync(join(DIST, '..', 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }\n');
  const path = join(copy, MODULE);
  writeFileSync(path, withVariables(readFileSync(path, 'utf8'), CONSTANTS));
}

guardStreams();
await guard(async () => program.parseAsync(process.argv));
