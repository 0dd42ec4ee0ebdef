/** The nodes X(i,j) of a network, found in the graph of a file: each knows its place by what it reads. */
import { show } from '../../base/show.js';
import type { OnnxNode } from '../../formats/onnx/onnx-file.js';
import { checkPooling, type Unit, type Upsampled, unitBefore, unitOf, upsamplingOf } from './layers.js';
import type { OnnxWalk } from './walk.js';

/** What X(i,j) reads beside the level below. */
export interface Skip {
  readonly block: Block;
  /** Its place in the order in which the file concatenates; the upsampling has one, too. */
  readonly position: number;
}

/** The upsampling that X(i,j) reads, j > 0. */
export interface Below {
  readonly up: Upsampled;
  readonly block: Block;
  readonly position: number;
}

/** X(i,j). */
export interface Block {
  readonly i: number;
  readonly j: number;
  readonly units: readonly [Unit, Unit];
  /** How many channels it has. */
  readonly channels: number;
  /** The nodes of its level that it reads, those of smaller j first; none where j = 0. */
  readonly skips: readonly Skip[];
  readonly below: Below | undefined;
}

/** The most nodes X(i,j): those of depth 6. */
const MOST_BLOCKS = 28;

export class Triangle {
  readonly #walk: OnnxWalk;
  readonly #blocks = new Map<OnnxNode, Block>();
  #begun = 0;
  /** What X(0,0) reads: the images, or what the file makes of them. */
  #input: { readonly value: string; readonly reader: OnnxNode } | undefined;

  constructor(walk: OnnxWalk) {
    this.#walk = walk;
  }

  /** All nodes that were found. */
  get blocks(): readonly Block[] {
    return [...this.#blocks.values()];
  }

  get input() {
    return this.#input!;
  }

  /** X(i,j) that computes input `k` of `reader`. */
  blockBefore(reader: OnnxNode, k: number): Block {
    const relu = this.#walk.before(reader, k, ['Relu']);
    const known = this.#blocks.get(relu);
    if (known) return known;
    if (++this.#begun > MOST_BLOCKS) {
      throw this.#walk.misfit(
        relu,
        `ends one more than the ${MOST_BLOCKS} pairs of convolutions of the deepest network`,
      );
    }
    const second = unitOf(this.#walk, relu);
    const first = unitBefore(this.#walk, second.convolution.node, 0);
    const channels = second.convolution.tensors.bias.tensor.shape[0]!;
    const place = this.#placeOf(first);
    const { i, j } = place;
    const twin = this.blocks.find((block) => block.i === i && block.j === j);
    if (twin) {
      const name = show(twin.units[0].convolution.node.name || twin.units[0].convolution.node.outputs[0]);
      throw this.#walk.misfit(first.convolution.node, `is a second X(${i},${j}) beside ${name}`);
    }
    const block: Block = { ...place, units: [first, second], channels };
    this.#blocks.set(relu, block);
    return block;
  }

  /** The place of the node whose first unit this is, by what the unit reads. */
  #placeOf({ convolution: { node } }: Unit): Pick<Block, 'i' | 'j' | 'skips' | 'below'> {
    const walk = this.#walk;
    const source = walk.producer(node.inputs[0]!);
    if (source?.operator === 'MaxPool') {
      checkPooling(walk, source);
      const { i, j } = this.blockBefore(source, 0);
      if (j === 0) return { i: i + 1, j: 0, skips: [], below: undefined };
      throw walk.misfit(source, `reads X(${i},${j}), expected a node X(i,0)`);
    }
    if (source?.operator === 'Concat') return this.#joined(source);
    this.#input ??= { value: node.inputs[0]!, reader: node };
    return { i: 0, j: 0, skips: [], below: undefined };
  }

  #joined(concat: OnnxNode): Pick<Block, 'i' | 'j' | 'skips' | 'below'> {
    const walk = this.#walk;
    const axis = concat.attributes.get('axis');
    if (axis !== 1 && axis !== -3) throw walk.misfit(concat, `axis is ${show(axis)}, expected 1`);
    let below: Below | undefined;
    const skips: Skip[] = [];
    for (const [position, value] of concat.inputs.entries()) {
      const source = walk.producer(value);
      const up = source && upsamplingOf(walk, source);
      if (!up) skips.push({ block: this.blockBefore(concat, position), position });
      else if (below) throw walk.misfit(source, 'is a second upsampling in one concatenation');
      else below = { up, block: this.blockBefore(source, 0), position };
    }
    if (!below) throw walk.misfit(concat, 'concatenates no upsampling');
    const [i, j] = [below.block.i - 1, below.block.j + 1];
    const stray = skips.find(({ block }) => block.i !== i || block.j >= j);
    if (stray || i < 0) {
      const found = stray ? ` with X(${stray.block.i},${stray.block.j})` : '';
      throw walk.misfit(
        concat,
        `concatenates the upsampled X(${i + 1},${j - 1})${found}, expected nodes X(${i},0) to X(${i},${j - 1})`,
      );
    }
    return { i, j, skips: skips.sort((a, b) => a.block.j - b.block.j), below };
  }
}
