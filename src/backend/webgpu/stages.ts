/** The dispatches of a step, with the places of their operands. */
import { invariant } from '../../base/errors.js';
import { roundUp } from '../../base/multiples.js';
import type { Node, Tensor } from '../../graph/graph.js';
import { sizeOf } from '../../graph/shape.js';
import type { Filters } from '../filters.js';
import { ALIGNMENT } from './buffers.js';
import type { Dispatch, Operand } from './kernel.js';
import { arithmetic } from './kernels/arithmetic.js';
import { kernelOf } from './kernels/index.js';
import type { WebGpuStorage } from './storage.js';

/** A range of a storage, or of the arena, in elements. */
export interface Place {
  readonly storage: WebGpuStorage | undefined;
  readonly start: number;
  readonly length: number;
}

/** A dispatch that knows its operands. */
export interface Stage {
  readonly dispatch: Dispatch;
  /** Where its storage buffers lie, in order; undefined where the shader does not use the binding. */
  readonly places: readonly (Place | undefined)[];
  /** Whether it is to be done in this run. */
  due(): boolean;
}

/** Elements of workspace that a step needs, beside the filters that it packs. */
export function workspaceLength(node: Node): number {
  return ownWorkspace(node) + repeats(node).reduce((sum, k) => sum + aligned(sizeOf(node.inputs[k]!.shape)), 0);
}

/**
 * The stages of a step: inputs that are given twice are copied, as nothing can be bound twice; filters are packed; then
 * it is computed.
 * @param workspace where the step's workspace begins in the arena
 */
export function stagesOf(
  node: Node,
  workspace: number,
  kept: Filters<WebGpuStorage> | undefined,
  placeOf: (tensor: Tensor) => Place,
): readonly Stage[] {
  const { geometry } = node;
  const kernel = kernelOf(node);
  const inputs = node.inputs.map(placeOf);
  const outputs = node.outputs.map(placeOf);
  const inArena = (start: number, length: number): Place => ({ storage: undefined, start: workspace + start, length });
  const stages: Stage[] = [];
  const always = () => true;

  let end = ownWorkspace(node);
  for (const k of repeats(node)) {
    const { length } = inputs[k]!;
    const copy = inArena(end, length);
    const source = inputs[k]!;
    for (const dispatch of arithmetic.weightedSum.dispatches({ length, weights: [1] })) {
      const places = dispatch.buffers.map(({ from }) => (from === 'outputs' ? copy : source));
      stages.push({ dispatch, places, due: always });
    }
    inputs[k] = copy;
    end += aligned(length);
  }

  const overlaid = kernel.inPlace ?? [];
  const inPlace = overlaid.length > 0 && overlaid.every((k, out) => same(inputs[k]!, outputs[out]!));
  const packedFrom = end;
  const place = (operand: Operand): Place | undefined => {
    if (operand.from === 'nowhere') return undefined;
    if ('index' in operand) {
      if (operand.from === 'outputs') return outputs[operand.index]!;
      const k = operand.index < 0 ? inputs.length + operand.index : operand.index;
      return inPlace && overlaid.includes(k) ? undefined : inputs[k]!;
    }
    const { start, length } = operand;
    if (operand.from === 'workspace') return inArena(start, length);
    return kept ? { storage: kept.storage, start, length } : inArena(packedFrom + start, length);
  };
  const stage = (dispatch: Dispatch, due: () => boolean): Stage => {
    const constants = inPlace ? { ...dispatch.constants, inPlace: 1 } : dispatch.constants;
    const places = dispatch.buffers.map(place);
    invariant(!overlapping(places), `operands of ${node.op.name} overlap`);
    return { dispatch: { ...dispatch, ...(constants && { constants }) }, places, due };
  };

  const packing = kernel.prepack && kernel.prepack.length(geometry) > 0 ? kernel.prepack.dispatches(geometry) : [];
  // The first dispatch of several asks whether filters are due, the others do as it did.
  let packs = true;
  packing.forEach((dispatch, k) => {
    stages.push(stage(dispatch, k === 0 && kept ? () => (packs = kept.renew()) : () => packs));
  });
  for (const dispatch of kernel.dispatches(geometry)) stages.push(stage(dispatch, always));
  return stages;
}

/** The inputs, by index, that are the same tensor as one before them. */
function repeats({ inputs }: Node): number[] {
  return [...inputs.keys()].filter((k) => inputs.indexOf(inputs[k]!) < k);
}

function ownWorkspace(node: Node): number {
  return aligned(kernelOf(node).workspace?.(node.geometry) ?? 0);
}

const aligned = (length: number): number => roundUp(length, ALIGNMENT);

function same(a: Place, b: Place): boolean {
  return a.start === b.start && a.length === b.length && blockOf(a) === blockOf(b);
}

function overlapping(places: readonly (Place | undefined)[]): boolean {
  return places.some((a, k) => {
    return places.slice(k + 1).some((b) => {
      if (!a || !b || blockOf(a) !== blockOf(b)) return false;
      return a.start < b.start + b.length && b.start < a.start + a.length;
    });
  });
}

const blockOf = ({ storage }: Place): unknown => storage?.buffer;
