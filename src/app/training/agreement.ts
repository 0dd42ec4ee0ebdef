/** What the ranks of a training agree on before it begins: the program, the options and the images. */
import type { Backend } from '../../backend/backend.js';
import { AgreedError, type Group } from '../../base/ranks/group.js';
import { show } from '../../base/show.js';
import type { Dataset } from '../../data/dataset.js';
import { imagesOf, trainedSubsets } from '../../train/checkpoint/run-record.js';
import type { Settled } from '../backend.js';
import { flagOf, onCommandLine } from '../options/option.js';
import { type TrainCommandOptions, trainTable } from '../options/train-options.js';
import type { ReadSamples } from './training-data.js';

/** What a rank was started with, by what it is called in messages. */
interface Started {
  readonly program: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Compares the program and its options.
 * @param program what must be the same on all ranks, by its name: the version, the digest of the kernels
 * @throws AgreedError that names the first rank that differs, and in what
 */
export async function agreeOnStart(
  group: Group,
  program: Started['program'],
  given: Partial<TrainCommandOptions>,
): Promise<void> {
  const [first, ...others] = await group.gatherJson<Started>({ program, options: { ...given } });
  for (const [k, other] of others.entries()) {
    const rank = k + 1;
    const differing = firstDifference(first!.program, other.program);
    if (differing !== undefined) {
      const [here, there] = [other, first!].map((started) => started.program[differing]);
      throw new AgreedError(
        `rank ${rank}: ${differing} is ${here}, but ${there} on rank 0; start the same installation of unetpp on all machines`,
      );
    }
    const option = firstDifference(first!.options, other.options);
    if (option === undefined) continue;
    const [here, there] = [other, first!].map(({ options }) =>
      options[option] === undefined ? 'not given' : onCommandLine(options[option]),
    );
    throw new AgreedError(
      `rank ${rank}: ${flagOf(trainTable, option)} is ${here}, but ${there} on rank 0; start all ranks by the same command`,
    );
  }
}

/** Tells the other ranks the options of the training; undefined where there is nothing to train. */
export async function tellOptions(group: Group, options: Settled<TrainCommandOptions> | undefined): Promise<void> {
  await group.broadcastJson(options);
}

/** Returns the options that rank 0 tells; undefined where there is nothing to train. */
export async function hearOptions(group: Group): Promise<Settled<TrainCommandOptions> | undefined> {
  return (await group.broadcastJson<Settled<TrainCommandOptions> | null>()) ?? undefined;
}

interface Computing {
  readonly dataset: Dataset;
  readonly options: Settled<TrainCommandOptions>;
  readonly backend: Backend;
}

/** The images of a rank, and with what it computes. */
interface Read {
  readonly backend: string;
  readonly names: readonly (readonly string[])[];
  readonly digests: readonly (readonly string[])[];
}

/**
 * Compares what computes, and the images that each rank has read. Where the group stops meanwhile, they are not compared.
 * @throws AgreedError that names the first rank and image that differs
 */
export async function agreeOnImages(
  group: Group,
  { dataset, options, backend }: Computing,
  { digests }: ReadSamples,
): Promise<void> {
  const images = imagesOf(dataset.split, digests);
  const [first, ...others] = await group.gatherJson<Read>({
    backend: backend.adapter ?? options.backend,
    names: trainedSubsets.map((subset) => dataset.split[subset]),
    digests: trainedSubsets.map((subset) => images[subset]),
  });
  if (group.stopped.aborted) return;
  const expected = first!.names.flat();
  for (const [k, other] of others.entries()) {
    const rank = `rank ${k + 1}`;
    if (other.backend !== first!.backend) {
      throw new AgreedError(
        `${rank} computes on ${other.backend}, but rank 0 on ${first!.backend}; choose one by --backend that all machines have`,
      );
    }
    const found = other.names.flat();
    const missing = expected.findIndex((name, n) => found[n] !== name);
    if (missing >= 0 || found.length !== expected.length) {
      throw new AgreedError(
        `${dataset.source}: ${rank} finds ${found.length} images to train and validate on, rank 0 finds ${expected.length}${missing < 0 ? '' : `, ${show(expected[missing])} among them`}; give all machines the same folder`,
      );
    }
    const digest = other.digests.flat();
    const changed = first!.digests.flat().findIndex((before, n) => digest[n] !== before);
    if (changed >= 0) {
      throw new AgreedError(
        `${dataset.source}: image ${show(expected[changed])} or its mask is another one on ${rank} than on rank 0; give all machines the same folder`,
      );
    }
  }
}

function firstDifference(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): string | undefined {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.find((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}
