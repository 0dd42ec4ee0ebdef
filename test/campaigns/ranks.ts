/**
 * Trainings of two or three ranks under mpirun that are killed by SIGKILL again and again: one of the ranks, or mpirun
 * itself. The same command begins them again, with whatever number of ranks. The whole job ends each time within bounds,
 * and the training ends with the bits of one process that was left alone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/base/random.js';
import type { Outcome } from '../support/cli/outcome.js';
import { launchers, type MpiLauncher } from '../support/ranks/launchers.js';
import { type Campaign, eachTry, pick, type Report } from './campaign.js';
import { assertDone, type Launcher, NeverBack, SMALLEST, SmallTraining } from './small-training.js';

/** How often one training is killed at most: it may end before. */
const KILLS = 3;
/** Seconds within which a whole job has ended after one of its processes was killed. */
const BOUND = 180;
/** How much longer several ranks take on few cores than one. */
const SLOWER = 3;

export const ranks: Campaign = async (folder, options, report) => {
  const installed = launchers();
  if (installed.length === 0) throw new Error('there is no mpirun; install openmpi-bin or mpich');
  const training = await SmallTraining.make(folder, SMALLEST);
  await eachTry(options, report, 1, async (random, name) => {
    const launcher = pick(random, installed);
    const progress = new NeverBack();
    for (let kill = 0; kill < KILLS; kill++) {
      const outcome = await killed(training, name, random, launcher, report);
      if (hasBegun(outcome)) progress.goneOn(outcome);
      if (outcome.code === 0) break;
    }
    const last = await training.begin(name, 1, started(launcher, random)).ended;
    assertDone(last);
    if (hasBegun(last)) progress.goneOn(last);
    training.assertUndisturbed(name);
    training.remove(name);
  });
};

/** Whether a process has told where it begins; it does not where it is killed before, nor where all was done already. */
function hasBegun({ stderr }: Outcome): boolean {
  return /^machine .*\n.*\n/m.test(stderr);
}

function started({ program, options }: MpiLauncher, random: Random): Launcher {
  return [program, ...options, '-np', `${2 + random.integer(2)}`, process.execPath];
}

/** Begins a training or goes on with it, and kills a part of its job. */
async function killed(
  training: SmallTraining,
  name: string,
  random: Random,
  launcher: MpiLauncher,
  report: Report,
): Promise<Outcome> {
  const running = training.begin(name, 1, started(launcher, random));
  const { pid } = running.child;
  let family: number[] = [];
  let at = 0;
  const timer = setTimeout(
    () => {
      family = descendants(pid!);
      const nodes = family.filter((one) => commandOf(one).includes('unetpp'));
      const victim = nodes.length === 0 || random.integer(3) === 0 ? pid! : pick(random, nodes);
      report.count(victim === pid ? 'kills of mpirun' : 'kills of a rank');
      at = performance.now();
      process.kill(victim, 'SIGKILL');
    },
    1000 * SLOWER * training.seconds * random.uniform(),
  );
  const outcome = await running.ended;
  clearTimeout(timer);
  if (at === 0) return outcome;
  while (family.some((one) => commandOf(one).includes('unetpp'))) {
    if (performance.now() - at > 1000 * BOUND) throw new Error(`a rank was left behind for ${BOUND} s`);
    await sleep(50);
  }
  return outcome;
}

/** The processes that a process has started, and those that they have; without it, which may be gone meanwhile. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc').flatMap((name) => {
    const own = Number(name);
    const parent = Number.isInteger(own) ? statOf(own) : undefined;
    return parent === undefined ? [] : [[own, parent] as const];
  });
  const below = (one: number): number[] =>
    parents.filter(([, parent]) => parent === one).flatMap(([own]) => [own, ...below(own)]);
  return below(pid);
}

/** The number of the process that has started a process; undefined where it is gone. */
function statOf(pid: number): number | undefined {
  const stat = textOf(pid, 'stat');
  return stat === '' ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** The command line of a process; empty where it is gone. */
function commandOf(pid: number): string {
  return textOf(pid, 'cmdline');
}

function textOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
