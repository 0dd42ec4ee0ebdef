/** A command that mpirun or srun has started as several ranks. Rank 0 prints; where one fails, all end. */
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../base/errors.js';
import { endTogether, type Failure, listen, tellFailure } from '../base/ranks/ending.js';
import { AgreedError, Group } from '../base/ranks/group.js';
import { launchOf } from '../platform/node/mpi/launch.js';
import { connect } from '../platform/node/mpi/link.js';
import { failureOf, printFailure } from './program.js';

/** How long rank 0 waits for a failure of its own: of what is wrong for all, it tells itself. */
const GRACE_MS = 500;
/** How long a rank waits to be ended, before it ends all by itself. */
const PATIENCE_MS = 5000;

/** Whether this process is a rank other than the first, which prints nothing. */
export function isSilent(): boolean {
  return (launchOf()?.rank ?? 0) > 0;
}

/**
 * Does work as one of the ranks that were started together, or alone where there are none.
 * @param signal the signal that has reached this process
 * @param follow is called when all ranks have agreed to stop, with the number of the signal
 * @throws what `work` throws where it is alone, or all ranks have found the same
 */
export async function inGroup<T>(
  signal: AbortSignal,
  follow: (code: number) => void,
  work: (group?: Group) => Promise<T>,
): Promise<T | undefined> {
  const launch = launchOf();
  if (!launch) return work();
  let group: Group;
  try {
    group = new Group(await connect(launch), signal, follow);
  } catch (error) {
    const { exitCode, message } = failureOf(error);
    // Something that is missing is told once on each machine.
    if (launch.isFirstHere || !(error instanceof InputError)) printFailure(message);
    process.exit(exitCode);
  }
  const others = group.rank === 0 ? listen(group, (rank, failure) => void endFor(group, rank, failure)) : undefined;
  try {
    const result = await work(group);
    await endTogether(group, others);
    return result;
  } catch (error) {
    if (error instanceof AgreedError) {
      await endTogether(group, others);
      if (group.rank === 0) throw error;
      process.exitCode = failureOf(error).exitCode;
      return undefined;
    }
    return fail(group, failureOf(error));
  }
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
