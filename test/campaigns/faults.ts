/**
 * Commands of which one system call fails: the disk is full, a device reports an error, a file may not be opened… The command
 * says so in one line and with exit code 2, or does what was asked for all the same; each of its files is as it was or whole;
 * and the same command ends afterwards as if nothing had happened, a training with the undisturbed bits.
 */
import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listing, type Outcome, Running } from '../support/cli.js';
import { type Campaign, eachTry, pick } from './campaign.js';
import { FILE_OPERATIONS } from './kills.js';
import { assertDone, isRefusal, type Launcher, SMALLEST, SmallTraining } from './small-training.js';
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
  /** @param isAgain whether it was tried before, there */
  start(home: string, launcher?: Launcher, isAgain?: boolean): Running;
  /** @throws Error unless all that it makes is there, as undisturbed */
  assertWhole(home: string): void;
}

export const faults: Campaign = async (folder, options, report) => {
  const missing = straceIsMissing();
  if (missing !== undefined) throw new Error(missing);
  const training = await SmallTraining.make(folder, SMALLEST);
  const commands = [beginning(training), await goingOn(training), ...others(folder)];
  const traces = new Map<Command, Promise<SystemCall[]>>();
  const callsOf = async (command: Command) => {
    const home = training.home(`whole-${command.name}`);
    command.prepare(home);
    const running = command.start(home, tracedTo(`${home}.log`));
    assertDone(await running.ended);
    command.assertWhole(home);
    return callsIn(`${home}.log`, home, running.child.pid!);
  };
  await eachTry(options, report, 2, async (random, name) => {
    const command = pick(random, commands);
    if (!traces.has(command)) traces.set(command, callsOf(command));
    const calls = await traces.get(command)!;
    const kind = pick(random, [...new Set(calls.map((call) => call.name))]);
    const call = pick(
      random,
      calls.filter((one) => one.name === kind),
    );
    const error = pick(random, ERRORS[kind]!);
    const home = training.home(name);
    command.prepare(home);
    const before = filesOf(home);
    const told = `${command.name}, ${error} from ${kind} ${call.n} of ${call.path}`;
    try {
      const outcome = await command.start(home, failingAt(call, error, `${home}.log`)).ended;
      const reached = readFileSync(`${home}.log`, 'utf8').includes('(INJECTED)');
      report.count(reached ? `calls of ${kind} that failed` : 'calls that were not reached');
      if (outcome.code !== 0) assertToldInOneLine(outcome);
      if (!command.isTraining) assertNoHalves(home, before, filesOf(join(folder, `whole-${command.name}`)));
      if (outcome.code !== 0 || command.isTraining) {
        const again = await command.start(home, undefined, true).ended;
        if (!command.isTraining && isRefusal(again)) report.count('repetitions refused, as a part was there');
        else assertDone(again);
        if (again.code !== 0) return training.remove(name);
      }
      command.assertWhole(home);
    } catch (reason) {
      throw new Error(`${told}: ${reason instanceof Error ? reason.message : reason}`);
    }
    training.remove(name);
  });
};

function assertToldInOneLine({ code, stdout, stderr }: Outcome): void {
  const lines = stderr.split('\n').filter((line) => line.startsWith('unetpp: '));
  const isLast = stderr.endsWith(`${lines[0]}\n`);
  if (code === 2 && stdout === '' && lines.length === 1 && isLast && !stderr.includes('internal:')) return;
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
  const nameOf = (home: string) => home.slice(training.folder.length + 1);
  return {
    name: 'train',
    isTraining: true,
    prepare: () => {},
    start: (home, launcher, isAgain) => {
      return isAgain ? training.goOn(nameOf(home), 1) : training.begin(nameOf(home), 1, launcher);
    },
    assertWhole: (home) => training.assertUndisturbed(nameOf(home)),
  };
}

/** A training that was killed in its second epoch goes on. */
async function goingOn(training: SmallTraining): Promise<Command> {
  const launcher = [process.execPath, '--import', `${FILE_OPERATIONS}?kill=60`] as const;
  await training.begin('killed', 1, launcher).ended;
  const command = beginning(training);
  const killed = join(training.home('killed'), 'run');
  const start: Command['start'] = (home, launcher) =>
    training.goOn(home.slice(training.folder.length + 1), 1, launcher);
  return {
    ...command,
    name: 'train --resume',
    prepare: (home) => cpSync(killed, join(home, 'run'), { recursive: true }),
    start,
  };
}

/** The commands that write files, on the images and the model of the undisturbed training. */
function others(folder: string): Command[] {
  const model = join(folder, 'whole/run/model.safetensors');
  const on = ['--data', '../data'];
  return (
    [
      ['predict', ['--model', 'model.safetensors', '--input', '../data/images', '--out', 'masks', '--save-probs']],
      ['evaluate', ['--model', 'model.safetensors', ...on, '--csv', 'scores.csv', '--report', 'report']],
      ['evaluate --save', ['--model', 'model.safetensors', ...on, '--choose-threshold', '--save']],
      ['prune', ['--model', 'model.safetensors', '--level', '1', '--out', 'small.safetensors']],
      ['check', [...on, '--out', 'sheet.png']],
      ['convert', [...on, '--out', 'pairs']],
    ] as const
  ).map(([name, args]) => ({
    name,
    isTraining: false,
    prepare(home) {
      mkdirSync(home, { recursive: true });
      cpSync(model, join(home, 'model.safetensors'));
    },
    start: (home, launcher) => new Running(home, [name.split(' ')[0]!, ...args, '--quiet'], launcher),
    assertWhole(home) {
      if (!isDeepStrictEqual(filesOf(home), filesOf(join(folder, `whole-${name}`)))) {
        throw new Error(`made other files: ${listing(home).join(', ')}`);
      }
    },
  }));
}
