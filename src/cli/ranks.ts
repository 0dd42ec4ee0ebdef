/** A command that mpirun or srun has started as several ranks. Rank 0 prints; where one fails, all end. */
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../base/errors.js';
import { endTogether, type Failure, listen, tellFailure } from '../base/ranks/ending.js';
import { AgreedError, Group } from '../base/ranks/group.js';
import type { Link } from '../base/ranks/link.js';
import { launchOf } from '../platform/node/mpi/launch.js';
import { connect, NotTogetherError } from '../platform/node/mpi/link.js';
import { failureOf, printFailure } from './program.js';

/** How long rank 0 waits for a failure of its own: of what is wrong for all, it tells itself. */
const GRACE_MS = 500;
/** How long a rank waits to be ended, before it ends all by itself. */
const PATIENCE_MS = 5000;

/** Whether this process is a rank other than the first, which prints nothing. */
export function isSilent(): boolean {
  return (launchOf()?.rank ?? 0) > 0;
}

/** @throws InputError where a command that works alone was started as several ranks; those that are silent end at once */
export function requireAlone(command: string): void {
  const launch = launchOf();
  if (!launch) return;
  const message = `${launch.size} ranks were started, but ${command} works in one process; start it without mpirun or srun`;
  if (isSilent()) process.exit(failureOf(new InputError(message)).exitCode);
  throw new InputError(message);
}

/**
 * Does work as one of the ranks that were started together, or alone where there are none, and ends with the others: what
 * it prints is printed before the first of them has ended.
 * @throws what `work` throws where it is alone, or all ranks have found the same
 */
export async function inRanks(work: (link?: Link) => Promise<void>): Promise<void> {
  const launch = launchOf();
  if (!launch) return work();
  let link: Link;
  try {
    link = await connect(launch);
  } catch (error) {
    const { exitCode, message } = failureOf(error);
    // Something that is missing is told once on each machine.
    if (launch.isFirstHere || !(error instanceof InputError)) printFailure(message);
    // An orderly exit would wait for the thread.
    if (error instanceof NotTogetherError) process.kill(process.pid, 'SIGKILL');
    return process.exit(exitCode);
  }
  const group = new Group(link);
  const others = group.rank === 0 ? listen(group, (rank, failure) => void endFor(group, rank, failure)) : undefined;
  try {
    await work(link);
  } catch (error) {
    const failure = failureOf(error);
    if (!(error instanceof AgreedError)) return fail(group, failure);
    process.exitCode = failure.exitCode;
    if (group.rank === 0) printFailure(failure.message);
  }
  await endTogether(group, others);
}

/** Ends all ranks, as another one has failed. */
async function endFor(group: Group, rank: number, { exitCode, message }: Failure): Promise<void> {
  await wait(GRACE_MS);
  printFailure(`rank ${rank}: ${message}`);
  await abort(group, exitCode);
}

/** Ends all ranks, as this one has failed: rank 0 tells why. */
async function fail(group: Group, failure: Failure): Promise<never> {
  if (group.rank === 0) {
    printFailure(failure.message);
    return abort(group, failure.exitCode);
  }
  tellFailure(group, failure);
  await wait(PATIENCE_MS);
  printFailure(`rank ${group.rank}: ${failure.message}`);
  return abort(group, failure.exitCode);
}

async function abort(group: Group, exitCode: number): Promise<never> {
  group.link.abort(exitCode);
  await wait(PATIENCE_MS);
  return process.exit(exitCode);
}
