/** Single steps of a computation, each as a program of its own. */
import type { Backend, Program } from '../src/backend/backend.js';
import { Graph, leafOf, liveNodes, type Node, type Tensor } from '../src/graph/graph.js';
import { formatShape, sizeOf } from '../src/graph/shape.js';
import type { ConvGeometry } from '../src/ops/convolution.js';
import { type Geometries, type OpName, ops } from '../src/ops/index.js';
import type { TransposedGeometry } from '../src/ops/transposed.js';

export interface Step {
  readonly op: OpName;
  /** The sizes of the step, for people. */
  readonly layer: string;
  /** Multiply-adds, counted as direct computation; 0 where they are not worth counting. */
  readonly macs: number;
  /** The bytes that it reads and writes at least. */
  readonly bytes: number;
  readonly node: Node;
}

/** The steps that `outputs` need, those of equal geometry once, op by op. */
export function distinctSteps(outputs: readonly Tensor[]): Step[] {
  const steps = new Map<string, Step>();
  for (const node of liveNodes(outputs)) {
    const key = `${node.op.name} ${JSON.stringify(node.geometry)}`;
    if (!leafOf(node.outputs[0]!) && !steps.has(key)) steps.set(key, stepOf(node));
  }
  return inOrder([...steps.values()]);
}

const ORDER = Object.keys(ops);

/** Sorts steps in the order of the table of ops. */
export function inOrder(steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => ORDER.indexOf(a.op) - ORDER.indexOf(b.op));
}

function stepOf(node: Node): Step {
  const op = node.op.name as OpName;
  const elements = [...node.inputs, ...node.outputs].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    op,
    layer: layerOf(op, node.geometry) ?? sizesOf(node),
    macs: node.op.macs?.(node.geometry) ?? 0,
    bytes: 4 * elements,
    node,
  };
}

function convolution({ batch, height, width, kernel, sources, outChannels, relu }: ConvGeometry): string {
  const image = [batch, height, width].join('x');
  return `${kernel}x${kernel} ${image}, ${sources.join('+')} -> ${outChannels}${relu ? ', relu' : ''}`;
}

function transposed({ batch, height, width, inChannels, outChannels }: TransposedGeometry): string {
  return `2x2 ${[batch, height, width].join('x')}, ${inChannels} -> ${outChannels}`;
}

/** Describes a layer by its geometry; undefined for ops that the sizes of their inputs describe. */
export function layerOf(op: OpName, geometry: unknown): string | undefined {
  return LAYERS[op]?.(geometry as never);
}

/** Descriptions of ops that the sizes of the first input do not describe fully. */
const LAYERS: { readonly [K in OpName]?: (geometry: Geometries[K]) => string } = {
  conv2d: convolution,
  conv2dGradInput: convolution,
  conv2dGradWeight: convolution,
  convTranspose2d: transposed,
  convTranspose2dGradInput: transposed,
  convTranspose2dGradWeight: transposed,
};

function sizesOf({ inputs }: Node): string {
  const first = inputs[0]!.shape;
  const alike = inputs.filter(({ shape }) => formatShape(shape) === formatShape(first)).length;
  return `${alike > 1 ? `${alike} of ` : ''}${first.join('x')}`;
}

/** Compiles the step with inputs of its own, filled and ready to run. */
export function compileStep({ node }: Step, backend: Backend): Program {
  const graph = new Graph();
  const inputs = node.inputs.map(({ shape }, k) => graph.input(`x${k}`, shape));
  const outputs = graph.record(
    node.op,
    inputs,
    node.geometry,
    node.outputs.map(({ shape }) => shape),
  );
  const program = backend.compile(outputs);
  for (const input of inputs) program.write(input, zerosAndOnes(sizeOf(input.shape)));
  return program;
}

/** Makes zeros and ones in no order. Every op accepts them, even as labels, targets, keys and second moments. */
function zerosAndOnes(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 31);
}
