/**
 * Records a network as a flat list of kernel calls. Nothing is computed: the kernels' bindings are given a recorder in
 * place of the module, and a memory that is laid out here.
 *
 *     64 bytes   unused, so that a forgotten address shows
 *     weights    what `run` reads as it is stored: biases, norms
 *     packed     the filters as the kernels read them
 *     arena      what is computed; while filters are packed, a workspace and the filters of one step
 */
import { callOf, prepack, runChunk, workspaceLength } from '../../backend/wasm/call.js';
import { packings } from '../../backend/wasm/kernels/index.js';
import { ALIGNMENT } from '../../backend/wasm/memory.js';
import { invariant } from '../../base/errors.js';
import { roundUp } from '../../base/multiples.js';
import { liveLeaves, type Node, type Tensor } from '../../graph/graph.js';
import { type Plan, plan } from '../../graph/plan.js';
import { sizeOf } from '../../graph/shape.js';
import type { InferenceGraph } from '../../infer/inference.js';
import type { Network } from '../../network/network.js';
import {
  type EdgeCall,
  type EdgeFunction,
  type EdgeImage,
  type EdgeProgram,
  type EdgeWeights,
  PAGE_BYTES,
} from './program.js';
import { CallRecorder } from './recorder.js';
import { trimModule } from './trim-module.js';

const FLOAT = 4;

/** Where everything lies. */
interface Layout {
  readonly planned: Plan;
  /** What `run` reads of the parameters as it is stored. */
  readonly kept: readonly Tensor[];
  /** The filters that are packed, and read in no other form, each with the step that packs them. */
  readonly packed: ReadonlyMap<Tensor, Node>;
  /** The address of the arena. */
  readonly arena: number;
  readonly pages: number;
  address(tensor: Tensor): number;
  /** The address of the packed filters of a step; undefined where it packs none. */
  packedAt(node: Node): number | undefined;
}

/**
 * Records the computation of one image.
 * @param graph has one output, for a batch of one image
 * @param module the bytes of unetpp.wasm
 */
export function recordProgram(graph: InferenceGraph, module: Uint8Array): EdgeProgram {
  const { network, outputs } = graph;
  const [output] = outputs;
  invariant(output && outputs.length === 1 && output.shape[0] === 1, 'one output of one image is recorded');
  const { planned, kept, packed, arena, pages, address, packedAt } = layOut(graph);
  const weightsOf = (leaf: Tensor, before: number): EdgeWeights => {
    const { name, shape } = network.parameters.get(leaf)!;
    return { name, shape, isFilter: isFilter(leaf, network), address: address(leaf), before };
  };

  const preparing = new CallRecorder();
  const weights = kept.map((leaf) => weightsOf(leaf, 0));
  for (const [filter, node] of packed) {
    weights.push(weightsOf(filter, preparing.calls.length));
    prepack(preparing.exports, callOf(node, { address, workspace: arena, packed: packedAt(node) }, 1));
  }
  const running = new CallRecorder(preparing.functions);
  for (const node of planned.steps) {
    const workspace = arena + FLOAT * (planned.workspaces.get(node) ?? 0);
    runChunk(running.exports, callOf(node, { address, workspace, packed: packedAt(node) }, 1), 0, 1, 0);
  }

  const { code, parameters } = trimModule(module, running.functions, pages);
  const rounded = (calls: readonly EdgeCall[]) => calls.map((call) => asTyped(call, parameters[call.function]!));
  return {
    kernels: code,
    functions: running.functions.map((name, k) => ({ name, parameters: parameters[k]! })),
    pages,
    weights,
    prepare: rounded(preparing.calls),
    run: rounded(running.calls),
    input: imageAt(network.input, address),
    output: imageAt(output, address),
  };
}

function layOut({ network, outputs }: InferenceGraph): Layout {
  const leaves = liveLeaves(outputs, 'parameter');
  const planned = shortestPlan(outputs, leaves);
  const steps = planned.steps.filter((node) => packings.of(node));
  const packed = new Map(steps.map((node) => [filterOf(node, network), node]));
  const kept = leaves.filter((leaf) => !packed.has(leaf));

  let end = FLOAT * ALIGNMENT;
  const take = (elements: number): number => {
    const address = end;
    end += FLOAT * roundUp(elements, ALIGNMENT);
    return address;
  };
  const places = new Map(kept.map((leaf) => [leaf, take(sizeOf(leaf.shape))]));
  const packedPlaces = new Map(steps.map((node) => [node, take(packings.of(node)!.length(node.geometry))]));
  const arena = take(planned.length);
  for (const [filter, node] of packed) {
    const address = arena + FLOAT * workspaceOf(node);
    places.set(filter, address);
    end = Math.max(end, address + FLOAT * sizeOf(filter.shape));
  }
  return {
    planned,
    kept,
    packed,
    arena,
    pages: Math.ceil(end / PAGE_BYTES),
    address(tensor) {
      const place = places.get(tensor);
      if (place !== undefined) return place;
      const offset = planned.offsets.get(tensor);
      invariant(offset !== undefined, 'the tensor is not part of this program');
      return arena + FLOAT * offset;
    },
    packedAt: (node) => packedPlaces.get(node),
  };
}

/** Of the two orders of placing buffers the one that takes less memory. */
function shortestPlan(outputs: readonly Tensor[], leaves: readonly Tensor[]): Plan {
  const options = { bound: new Set(leaves), workspace: workspaceOf, alignment: ALIGNMENT };
  const [usual, other] = [plan(outputs, options), plan(outputs, { ...options, tensorsFirst: true })];
  return other.length < usual.length ? other : usual;
}

function workspaceOf(node: Node): number {
  return workspaceLength(node, 1);
}

/** The filters that a step packs, and reads in no other form. */
function filterOf(node: Node, network: Network): Tensor {
  const filters = packings.of(node)!.weights.map((k) => node.inputs.at(k)!);
  const filter = filters.find((tensor) => isFilter(tensor, network));
  invariant(filter, `${node.op.name} packs no filters`);
  return filter;
}

function isFilter(leaf: Tensor, { parameters }: Network): boolean {
  const kind = parameters.get(leaf)?.kind;
  return kind === 'conv2d' || kind === 'convTranspose2d';
}

/** The call with its floats rounded to float32, as JavaScript rounds them when it calls. */
function asTyped(call: EdgeCall, types: EdgeFunction['parameters']): EdgeCall {
  return { ...call, args: call.args.map((value, k) => (types[k] === 'f32' ? Math.fround(value) : value)) };
}

function imageAt(tensor: Tensor, address: (tensor: Tensor) => number): EdgeImage {
  const [, height, width, channels] = tensor.shape as [number, number, number, number];
  return { address: address(tensor), height, width, channels };
}
