/**
 * The reducer of one of several processes. Each computes neighbouring micro-batches and sums them as far as the tree of
 * all contains these sums. Every rank adds up one segment of the vector of gradients, in the order of the tree: a sum that
 * has become whole is sent to the others by its segments at once, while more is computed; in the end, the segments of the
 * whole sum are exchanged. So each rank sends about twice the size of the gradients, however many ranks there are, and all
 * have the bits of `LocalReducer`.
 */
import type { Allocator, Storage } from '../../backend/backend.js';
import { asBytes } from '../../base/bytes.js';
import { awaitedLater } from '../../base/promises.js';
import type { Group } from '../../base/ranks/group.js';
import { TAGS } from '../../base/ranks/link.js';
import { GradientTree, type LargestSum, waitingGradients } from './gradient-tree.js';
import { type MicroBatch, type MiniBatch, type Reducer, together } from './reducer.js';
import type { Results } from './results.js';
import { largestSums, type Share, shareOf, type TreeNode } from './shares.js';

/** Segments begin at multiples of so many elements, which suits every backend. */
const SEGMENT = 64;

/** A sum of another rank, on its way here. */
interface Expected {
  readonly node: TreeNode;
  readonly values: Float32Array;
  readonly received: Promise<void>;
}

export class RanksReducer implements Reducer {
  readonly gradients: Storage;
  readonly #group: Group;
  readonly #workers: number;
  readonly #tree: GradientTree;
  /** The part of the gradients that this rank adds up; empty where there are more ranks than segments. */
  readonly #segment: Share;
  readonly #segments: readonly Share[];
  readonly #sums: GradientTree | undefined;
  readonly #received: Storage | undefined;
  readonly #buffers: Float32Array[] = [];
  #count = 0;
  #results = new Map<number, Promise<Results>>();
  #own: { readonly node: TreeNode; readonly values: Float32Array }[] = [];
  #expected: readonly Expected[] | undefined;

  /**
   * @param length how many trainable parameters there are
   * @param workers how many micro-batches are computed at a time
   */
  constructor(scope: Allocator, length: number, workers: number, group: Group) {
    this.gradients = scope.allocate(length);
    this.#group = group;
    this.#workers = workers;
    this.#tree = new GradientTree(scope, this.gradients);
    const size = SEGMENT * Math.ceil(length / group.size / SEGMENT);
    const at = (rank: number) => Math.min(length, rank * size);
    this.#segments = Array.from({ length: group.size }, (_, rank) => ({ start: at(rank), end: at(rank + 1) }));
    this.#segment = this.#segments[group.rank]!;
    const own = this.#segment.end - this.#segment.start;
    if (own === 0) return;
    this.#received = scope.allocate(own);
    this.#sums = new GradientTree(scope, this.gradients.slice(this.#segment.start, own));
  }

  reserve(count: number): void {
    const { start, end } = shareOf(count, this.#group.rank, this.#group.size);
    if (end > start) this.#tree.reserve(waitingGradients(this.#workers, end - start));
  }

  share(count: number): readonly number[] {
    const { start, end } = shareOf(count, this.#group.rank, this.#group.size);
    return Array.from({ length: end - start }, (_, k) => start + k);
  }

  begin(count: number): void {
    this.#count = count;
    this.#tree.begin(count, shareOf(count, this.#group.rank, this.#group.size));
    this.#results = new Map();
    this.#own = [];
    this.#expected = undefined;
  }

  async add(index: number, { gradients, results }: MicroBatch): Promise<void> {
    this.#expected ??= this.#expect();
    this.#results.set(index, results);
    const whole = this.#tree.add(index, gradients);
    if (whole) await this.#tell(whole);
  }

  async finish(): Promise<MiniBatch> {
    this.#expected ??= this.#expect();
    const own = [...this.#results].toSorted(([a], [b]) => a - b).map(([, results]) => results);
    const mine = await Promise.all(own);
    const started = performance.now();
    const [all] = await Promise.all([this.#group.gather(encode(mine)), this.#sum(this.#expected)]);
    this.#group.waited.milliseconds += performance.now() - started;
    this.#group.waited.steps++;
    const results = all.flatMap((bytes, rank) => decode(bytes, shareOf(this.#count, rank, this.#group.size)));
    return { results: Promise.resolve(together(results)) };
  }

  /** Sends the segments of a sum to the ranks that add them up. */
  async #tell({ node, sum }: LargestSum): Promise<void> {
    const share = shareOf(this.#count, this.#group.rank, this.#group.size);
    const place = largestSums(share, this.#count).findIndex(
      ({ level, index }) => level === node.level && index === node.index,
    );
    const values = float32(await sum.read());
    for (const [rank, { start, end }] of this.#segments.entries()) {
      const segment = values.subarray(start, end);
      if (rank === this.#group.rank) this.#own.push({ node, values: segment });
      else if (segment.length > 0) this.#group.link.send(rank, TAGS.subtrees + place, asBytes(segment));
    }
  }

  /** Begins to receive this rank's segment of what the others sum up. */
  #expect(): Expected[] {
    const { size, link, others } = this.#group;
    if (!this.#sums) return [];
    const expected: Expected[] = [];
    for (const rank of others) {
      for (const [place, node] of largestSums(shareOf(this.#count, rank, size), this.#count).entries()) {
        const values = this.#buffer(expected.length);
        expected.push({
          node,
          values,
          received: awaitedLater(link.receive(rank, TAGS.subtrees + place, asBytes(values))),
        });
      }
    }
    return expected;
  }

  /** Adds up this rank's segment, and exchanges it for those of the others. */
  async #sum(expected: readonly Expected[]): Promise<void> {
    const { link, others } = this.#group;
    const segments = others.map((rank) => {
      const { start, end } = this.#segments[rank]!;
      const values = shared(end - start);
      const received = end > start ? link.receive(rank, TAGS.sums, asBytes(values)) : Promise.resolve();
      return { rank, values, received: awaitedLater(received) };
    });
    if (this.#sums) {
      this.#sums.begin(this.#count);
      for (const { node, values } of this.#own) this.#add(node, values);
      for (const { node, values, received } of expected) {
        await received;
        this.#add(node, values);
      }
      const { start, end } = this.#segment;
      const sum = asBytes(float32(await this.gradients.slice(start, end - start).read()));
      for (const rank of others) link.send(rank, TAGS.sums, sum);
    }
    for (const { rank, values, received } of segments) {
      await received;
      if (values.length > 0) this.gradients.slice(this.#segments[rank]!.start, values.length).write(values);
    }
  }

  #add(node: TreeNode, values: Float32Array): void {
    this.#received!.write(values);
    this.#sums!.addSum(node, this.#received!);
  }

  /** Memory for a segment, kept from one mini-batch to the next. */
  #buffer(k: number): Float32Array {
    this.#buffers[k] ??= shared(this.#segment.end - this.#segment.start);
    return this.#buffers[k];
  }
}

/** Memory that another thread can write; where a platform has none, one's own. */
function shared(length: number): Float32Array {
  return new Float32Array(
    typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(4 * length) : new SharedArrayBuffer(4 * length),
  );
}

/** The values of backends that compute in float32; the reference backend in float64 trains alone. */
function float32(values: Float32Array | Float64Array): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** Results as float64, which loses nothing: how many heads there are, then the losses and the statistics of each. */
function encode(results: readonly Results[]): Uint8Array {
  const heads = results[0]?.losses.heads.length ?? 0;
  return asBytes(
    Float64Array.from([
      heads,
      ...results.flatMap(({ losses, statistics }) => [losses.total, ...losses.heads, ...statistics]),
    ]),
  );
}

function decode(bytes: Uint8Array, { start, end }: Share): Results[] {
  const [heads, ...values] = new Float64Array(bytes.slice().buffer);
  const length = values.length / (end - start);
  return Array.from({ length: end - start }, (_, k) => {
    const [total, ...rest] = values.slice(k * length, (k + 1) * length);
    return {
      losses: { total: total!, heads: rest.slice(0, heads!) },
      statistics: Float64Array.from(rest.slice(heads!)),
    };
  });
}
