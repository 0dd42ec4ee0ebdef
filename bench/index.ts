/** `npm run bench`: every op, and the whole network. Prints Markdown for people, or one JSON object. */
import { oneOf, whole, wholeList } from '../src/app/options/parsers.js';
import { CliCommand } from '../src/cli/options/command.js';
import { guard, guardStreams, inHouseStyle } from '../src/cli/program.js';
import { ProgressBar } from '../src/cli/terminal/progress.js';
import { writeTextAtomic } from '../src/platform/node/files/atomic.js';
import { caseSteps } from './cases.js';
import { createEngine, describe, type Engine, type EngineOptions, engines } from './engine.js';
import { measureGrowth } from './growth.js';
import { timeNetwork } from './network.js';
import { type OpTime, timeSteps } from './ops.js';
import { profile } from './profile.js';
import {
  casesTable,
  GROWTH_NOTE,
  growthTable,
  growthTitle,
  layersTable,
  networkTable,
  networkTitle,
  partsTable,
  profileTable,
} from './report.js';
import { layerSteps } from './shapes.js';
import type { Step } from './step.js';
import { drawTimeline } from './timeline/picture.js';
import { kernelsTable, lossesTable, TIMELINE_NOTE, teamsTable, timelineJson } from './timeline/report.js';
import { LARGEST, measureTimeline } from './timeline/timeline.js';
import { MICRO_BATCH, type WorkloadOptions } from './workload.js';

interface Options extends WorkloadOptions, EngineOptions {
  readonly ops?: boolean;
  readonly network?: boolean;
  readonly profile?: boolean;
  readonly growth?: boolean;
  /** The picture's file, where one is wanted. */
  readonly timeline?: boolean | string;
  readonly filter?: string;
  readonly json?: boolean;
}

/** A section of the report, for people and for scripts. */
interface Section {
  readonly text: readonly string[];
  readonly json: object;
}

const program = inHouseStyle(new CliCommand('npm run bench --'), 'see npm run bench -- --help')
  .description('Times every op and the whole network; without a choice both.')
  .optionsGroup('What is measured:')
  .option('--ops', 'every op: the layers of the network, and the cases of the tests')
  .option('--network', 'the whole network: forward, and a training step')
  .option('--profile', 'what a forward pass and a training step spend their time on, by part and by kernel')
  .option('--growth', 'how time and memory grow with size, batch, width, levels and threads; a few minutes')
  .option(
    '--timeline [file]',
    'when each thread of a team does what in a forward pass, as an SVG file, and how long more threads would take',
  )
  .option('--filter <name>', 'ops with this in their name: conv2d, Grad, …; implies --ops')
  .optionsGroup('The network:')
  .option('--filters <list>', 'channels of each level', wholeList, [32, 64, 128, 256, 512])
  .option('--size <pixels>', 'width and height of the images', whole(1), 128)
  .option('--batch <n>', 'images of a training step; --growth has its own', whole(1), 8)
  .optionsGroup('How:')
  .option('--backend <name>', 'what computes: wasm or webgpu', oneOf(engines), 'wasm')
  .option('--threads <n>', 'threads that share the work', whole(1, 256), 1)
  .option('--vectoriser', "with V8's vectoriser, also in a Node where it has not been tried")
  .option('--no-vectoriser', 'without it')
  .option('--relaxed', 'fused multiply-adds: faster, but not the same bits on every machine')
  .option('--json', 'print one JSON object')
  .helpOption('-h, --help', 'show this help')
  .addHelpText('after', '\nExample:\n  npm run -s bench -- --network --filters 16,32,64,128,256 --json')
  .action(run);

async function run(options: Options): Promise<void> {
  const engine = await createEngine(options);
  const { ops, network, growth, timeline, filter } = options;
  const chosen = ops || network || options.profile || growth || timeline || filter !== undefined;
  const sections: Section[] = [];
  if (network || !chosen) sections.push(await networkSection(options, engine));
  if (options.profile) sections.push(await profileSection(options, engine));
  if (growth) sections.push(await growthSection(options, engine));
  if (timeline) sections.push(await timelineSection(options, engine));
  if (ops || filter !== undefined || !chosen) sections.push(await opsSection(options, engine));
  if (options.json) console.log(JSON.stringify(summary(options, engine, sections), rounded));
  else console.log([title(engine), ...sections.flatMap(({ text }) => text)].join('\n\n'));
}

function title(engine: Engine): string {
  const { peakGflops } = engine;
  const peak = `Peak of multiplications and additions in registers: ${peakGflops?.toFixed(0)} GFLOP/s.`;
  return [describe(engine), ...(peakGflops === undefined ? [] : [peak])].join('\n');
}

function summary({ filters, size, batch }: Options, engine: Engine, sections: readonly Section[]): object {
  const { backend, facts, peakGflops } = engine;
  const workload = { filters, size, batch, microBatch: Math.min(batch, MICRO_BATCH) };
  const measured = sections.map(({ json }) => json);
  return Object.assign({ node: process.version, backend, ...facts, ...workload }, ...measured, { peakGflops });
}

/** Rounds to five digits, more than any clock is accurate to. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}

async function networkSection(options: Options, engine: Engine): Promise<Section> {
  const times = await timeNetwork(options, engine);
  return { text: [`## Network: ${networkTitle(options)}`, networkTable(times, engine)], json: times };
}

async function profileSection(options: Options, engine: Engine): Promise<Section> {
  const { infer, train } = await profile(options, engine);
  const text = [
    `## Profile: ${networkTitle(options)}`,
    'One image, forward:',
    partsTable(infer.parts),
    profileTable(infer.kernels, engine),
    'One training step:',
    partsTable(train.parts),
    profileTable(train.kernels, engine),
  ];
  const json = {
    profile: { infer: infer.kernels, train: train.kernels },
    parts: { infer: infer.parts, train: train.parts },
  };
  return { text, json };
}

async function growthSection(options: Options, engine: Engine): Promise<Section> {
  const progress = new ProgressBar({});
  const growth = await measureGrowth(options, engine, (done, total) => {
    progress.update('growth', done, total, `${done} of ${total} points`);
  });
  progress.clear();
  const { base, axes } = growth;
  const tables = axes.map((axis) => growthTable(axis, base));
  return { text: [`## Growth: ${growthTitle(base)}`, GROWTH_NOTE, ...tables], json: { growth } };
}

async function timelineSection(options: Options, engine: Engine): Promise<Section> {
  const { filters, size, timeline: file } = options;
  const title = `one image, widths ${filters.join(', ')}, ${size}x${size}`;
  const progress = new ProgressBar({});
  const timeline = await measureTimeline(options, engine, (done, total) => {
    progress.update('timeline', done, total, `${done} of ${total} rounds`);
  });
  progress.clear();
  const { threads, fastest } = timeline.measured.at(-1)!;
  if (typeof file === 'string') {
    const where = describe({ ...engine, description: `${threads} threads` });
    const line = `${title}: ${fastest.ms.toFixed(1)} ms; ${where}`;
    await writeTextAtomic(file, drawTimeline(fastest.steps, threads, line));
  }
  const text = [
    `## Timeline: ${title}`,
    TIMELINE_NOTE,
    teamsTable(timeline),
    'Model and measurement of two threads, by kernel:',
    kernelsTable(timeline, 2),
    `The steps that lose most on ${LARGEST} threads:`,
    lossesTable(timeline),
  ];
  return { text, json: { timeline: timelineJson(timeline) } };
}

async function opsSection({ filters, size, filter = '' }: Options, engine: Engine): Promise<Section> {
  const wanted = (steps: Step[]): Step[] => steps.filter(({ op }) => op.includes(filter));
  const layers = await timed('layers', wanted(layerSteps(filters, size)), engine);
  const cases = await timed('cases', wanted(caseSteps()), engine);
  const text = [
    `## Ops: one image, widths ${filters.join(', ')}, ${size}x${size}`,
    'GFLOP/s are counted as direct convolution. Winograd kernels need a quarter of the multiplications, so their limit is 400 % of the peak, where it is known. GB/s is the least that must be read and written. A dash means that there are no multiply-adds to count, or that the reference would take a second or more and was not run.',
    layersTable(layers, engine),
    '## Ops: the cases of the tests',
    filter ? layersTable(cases, engine) : casesTable(cases),
  ];
  return { text, json: { ops: layers, cases } };
}

async function timed(label: string, steps: readonly Step[], engine: Engine): Promise<OpTime[]> {
  const progress = new ProgressBar({});
  const times = await timeSteps(steps, engine, (done) => progress.update(label, done, steps.length, `${done} ops`));
  progress.clear();
  return times;
}

guardStreams();
await guard(async () => program.parseAsync(process.argv));
