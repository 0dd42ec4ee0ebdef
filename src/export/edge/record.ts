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
import { plan } from '../../graph/plan.js';
import { sizeOf } from '../../graph/shape.js';
import type { InferenceGraph } from '../../infer/inference.js';
import type { Network } from '../../network/network.js';
import type { EdgeCall, EdgeFunction, EdgeImage, EdgeProgram, EdgeWeights } from './program.js';
import { CallRecorder } from './recorder.js';
import { trimModule } from './trim-module.js';

const FLOAT = 4;
const PAGE = 65536;

/**
 * Records the computation of one image.
 * @param graph has one output, for a batch of one image
 * @param module the bytes of unetpp.wasm
 */
export function recordProgram({ network, outputs }: InferenceGraph, module: Uint8Array): EdgeProgram {
  const [output] = outputs;
  invariant(output && outputs.length === 1 && output.shape[0] === 1, 'one output of one image is recorded');
  const leaves = liveLeaves(outputs, 'parameter');
  const workspace = (node: Node) => workspaceLength(node, 1);
  const options = { bound: new Set(leaves), workspace, alignment: ALIGNMENT };
  const plans = [plan(outputs, options), plan(outputs, { ...options, tensorsFirst: true })] as const;
  const planned = plans[1].length < plans[0].length ? plans[1] : plans[0];
  const packedSteps = planned.steps.filter((node) => packings.of(node));
  const packedOnly = new Map(packedSteps.map((node) => [filterOf(node, network), node]));

  let end = FLOAT * ALIGNMENT;
  const take = (elements: number): number => {
    end += FLOAT * roundUp(elements, ALIGNMENT);
    return end - FLOAT * roundUp(elements, ALIGNMENT);
  };
  const kept = leaves.filter((leaf) => !packedOnly.has(leaf));
  const places = new Map(kept.map((leaf) => [leaf, take(sizeOf(leaf.shape))]));
  const packed = new Map(packedSteps.map((node) => [node, take(packings.of(node)!.length(node.geometry))]));
  const arena = end;
  for (const [filter, node] of packedOnly) places.set(filter, arena + FLOAT * workspace(node));

  const address = (tensor: Tensor): number => {
    const place = places.get(tensor);
    if (place !== undefined) return place;
    const offset = planned.offsets.get(tensor);
    invariant(offset !== undefined, 'the tensor is not part of this program');
    return arena + FLOAT * offset;
  };
  const weightsOf = (leaf: Tensor, before: number): EdgeWeights => {
    const { name, shape } = network.parameters.get(leaf)!;
    return { name, shape, isFilter: isFilter(leaf, network), address: address(leaf), before };
  };

  const preparing = new CallRecorder();
  const weights = kept.map((leaf) => weightsOf(leaf, 0));
  for (const [filter, node] of packedOnly) {
    weights.push(weightsOf(filter, preparing.calls.length));
    prepack(preparing.exports, callOf(node, { address, workspace: arena, packed: packed.get(node) }, 1));
  }
  const running = new CallRecorder(preparing.functions);
  for (const node of planned.steps) {
    const workspace = arena + FLOAT * (planned.workspaces.get(node) ?? 0);
    runChunk(running.exports, callOf(node, { address, workspace, packed: packed.get(node) }, 1), 0, 1, 0);
  }

  const ends = [...packedOnly].map(([filter]) => address(filter) + FLOAT * sizeOf(filter.shape));
  const pages = Math.ceil(Math.max(arena + FLOAT * planned.length, ...ends) / PAGE);
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
