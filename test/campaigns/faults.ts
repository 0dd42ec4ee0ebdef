/**
 * Commands of which one system call fails: the disk is full, a device reports an error, a file may not be opened… The command
 * says so in one line and with exit code 2, or does what was asked for all the same; each of its files is as it was or whole;
 * and the same command ends afterwards as if nothing had happened, a training with the undisturbed bits.
 */
import { cpSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listing, Running } from '../support/cli/cli.js';
import type { Outcome } from '../support/cli/outcome.js';
import { type Campaign, eachTry, pick, type Report } from './campaign.js';
import { assertDone, FILE_OPERATIONS, isRefusal, type Launcher, SMALLEST, SmallTraining } from './small-training.js';
import { callsIn, failingAt, type SystemCall, straceIsMissing, tracedTo } from './system-calls.js';

/** What a call may fail with. */
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'EACCES', 'ENOSPC', 'EROFS', 'EMFILE'],
  read: ['EIO'],
  write: ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'],
  pwrite64: ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'],
  fsync: ['EIO', 'ENOSPC', 'EDQUOT'],
  rename: ['EIO', 'ENOSPC', 'EROFS', 'EACCES'],
  ftruncate: ['EIO', 'EROFS'],
  mkdir: ['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT'],
  unlink: ['EIO', 'EROFS', 'EPERM'],
  link: ['EIO', 'EPERM'],
  utimensat: ['EIO', 'EROFS'],
};

/** A command, in a working directory of its own. */
interface Command {
  readonly name: string;
  readonly isTraining: boolean;
  /** Puts there what it needs. */
  prepare(home: string): void;
  start(home: string, launcher: Launcher): Running;
  /** The same again, or on from where it failed. */
  goOn(home: string): Running;
  /** @throws Error unless all that it makes is there, as undisturbed */
  assertWhole(home: string): void;
}

export const faults: Campaign = async (folder, options, report) => {
  const missing = straceIsMissing();
  if (missing !== undefined) throw new Error(missing);
  const training = await SmallTraining.make(folder, SMALLEST);
  const commands = [beginning(training), await goingOn(training), ...others(folder)];
  const traces = new Map<Command, Promise<SystemCall[]>>();
  await eachTry(options, report, 2, async (random, name) => {
    const command = pick(random, commands);
    const whole = training.home(`whole-${command.name}`);
    if (!traces.has(command)) traces.set(command, traceOf(command, whole));
    const calls = await traces.get(command)!;
    const kind = pick(random, [...new Set(calls.map((call) => call.name))]);
    const ofKind = calls.filter((call) => call.name === kind);
    const fault = { call: pick(random, ofKind), error: pick(random, ERRORS[kind]!) };
    try {
      await bear(command, fault, training.home(name), whole, report);
    } catch (reason) {
      const { call, error } = fault;
      throw new Error(`${command.name}, ${error} from ${kind} ${call.n} of ${call.path}: ${(reason as Error).message}`);
    }
    training.remove(name);
  });
};

/** The calls of the undisturbed command. */
async function traceOf(command: Command, home: string): Promise<SystemCall[]> {
  command.prepare(home);
  const running = command.start(home, tracedTo(`${home}.log`));
  assertDone(await running.ended);
  command.assertWhole(home);
  return callsIn(`${home}.log`, home, running.child.pid!);
}

/** Does a command in which a call fails, and does it again. @throws Error that says which promise was broken */
async function bear(
  command: Command,
  { call, error }: { readonly call: SystemCall; readonly error: string },
  home: string,
  whole: string,
  report: Report,
): Promise<void> {
  command.prepare(home);
  const before = filesOf(home);
  const outcome = await command.start(home, failingAt(call, error, `${home}.log`)).ended;
  const reached = readFileSync(`${home}.log`, 'utf8').includes('(INJECTED)');
  report.count(reached ? `calls of ${call.name} that failed` : 'calls that were not reached');
  if (outcome.code !== 0) assertToldInOneLine(outcome, command.name === 'check');
  if (!command.isTraining) {
    // Where `check` reports faults, its picture is of the images without them.
    if (outcome.code === 0 || outcome.stdout === '') assertNoHalves(home, before, filesOf(whole));
    if (outcome.code === 0) return command.assertWhole(home);
  }
  const again = await command.goOn(home).ended;
  // A folder of which a part is there is not always taken.
  if (!command.isTraining && isRefusal(again)) return report.count('commands that wanted another folder then');
  assertDone(again);
  command.assertWhole(home);
}

/** @param reports whether it prints what it has found before it says that there are faults */
function assertToldInOneLine({ code, stdout, stderr }: Outcome, reports: boolean): void {
  const lines = stderr.split('\n').filter((line) => line.startsWith('unetpp: '));
  const isLast = stderr.endsWith(`${lines[0]}\n`);
  if (code === 2 && (stdout === '' || reports) && lines.length === 1 && isLast && !stderr.includes('internal:')) return;
  throw new Error(`exit code ${code}, stdout ${JSON.stringify(stdout)}, stderr ${JSON.stringify(stderr)}`);
}

type Files = ReadonlyMap<string, string>;

function filesOf(home: string): Files {
  const names = listing(home).filter((name) => statSync(join(home, name)).isFile());
  return new Map(names.map((name) => [name, readFileSync(join(home, name), 'base64')]));
}

/** @throws Error where a file is neither as before nor whole */
function assertNoHalves(home: string, before: Files, after: Files): void {
  for (const [name, bytes] of filesOf(home)) {
    if (bytes === before.get(name) || bytes === after.get(name)) continue;
    throw new Error(`${name} is neither as it was nor whole`);
  }
}

function beginning(training: SmallTraining): Command {
  return {
    name: 'train',
    isTraining: true,
    prepare: () => {},
    start: (home, launcher) => training.begin(basename(home), 1, launcher),
    goOn: (home) => training.goOn(basename(home), 1),
    assertWhole: (home) => training.assertUndisturbed(basename(home)),
  };
}

/** A training that was killed in its second epoch goes on. */
async function goingOn(training: SmallTraining): Promise<Command> {
  await training.begin('killed', 1, [process.execPath, '--import', `${FILE_OPERATIONS}?kill=60`]).ended;
  const killed = join(training.home('killed'), 'run');
  return {
    ...beginning(training),
    name: 'train --resume',
    prepare: (home) => cpSync(killed, join(home, 'run'), { recursive: true }),
    start: (home, launcher) => training.goOn(basename(home), 1, launcher),
  };
}

/** The commands that write files, on the images and the model of the undisturbed training. */
function others(folder: string): Command[] {
  const model = join(folder, 'whole/run/model.safetensors');
  const on = ['--data', '../data'];
  const commands = [
    ['predict', '--model', 'model.safetensors', '--input', '../data/images', '--out', 'masks', '--save-probs'],
    ['evaluate', '--model', 'model.safetensors', '--csv', 'scores.csv', '--report', 'report', ...on],
    ['evaluate --save', '--model', 'model.safetensors', '--choose-threshold', '--save', ...on],
    ['prune', '--model', 'model.safetensors', '--level', '1', '--out', 'small.safetensors'],
    ['compress', '--model', 'model.safetensors', '--weights', 'int8', '--out', 'smaller.safetensors', ...on],
    ['check', '--out', 'sheet.png', ...on],
    ['convert', '--out', 'pairs', ...on],
  ] as const;
  return commands.map(([name, ...args]) => {
    const run = (home: string, launcher?: Launcher) =>
      new Running(home, [name.split(' ')[0]!, ...args, '--quiet'], launcher);
    return {
      name,
      isTraining: false,
      prepare: (home) => cpSync(model, join(home, 'model.safetensors')),
      start: run,
      goOn: run,
      assertWhole(home) {
        if (isDeepStrictEqual(filesOf(home), filesOf(join(folder, `whole-${name}`)))) return;
        throw new Error(`made other files: ${listing(home).join(', ')}`);
      },
    };
  });
}
