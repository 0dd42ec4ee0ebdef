/** A machine that executes a memory plan: its memory holds, in place of numbers, the name of who wrote each element. */
import { leafOf, type Tensor } from '../../../src/graph/graph.js';
import { type Plan, type PlanOptions, plan } from '../../../src/graph/plan.js';
import { sizeOf } from '../../../src/graph/shape.js';

type Owner = Tensor | 'workspace' | undefined;

/**
 * What goes wrong when `outputs` are computed as planned; empty where every tensor holds its elements as long as a
 * step needs them, and to the end for the outputs.
 */
export function planFaults(planned: Plan, outputs: readonly Tensor[], options: PlanOptions = {}): string[] {
  const { steps, offsets, workspaces, length } = planned;
  const memory: Owner[] = new Array<Owner>(length).fill(undefined);
  const faults: string[] = [];
  const write = (owner: Owner, start: number | undefined, size: number): void => {
    if (start === undefined) return;
    if (start < 0 || start + size > length) faults.push(`${size} elements at ${start} of ${length}`);
    memory.fill(owner, start, start + size);
  };
  const writeTensor = (tensor: Tensor): void => write(tensor, offsets.get(tensor), sizeOf(tensor.shape));
  const expect = (owner: Owner, start: number | undefined, size: number, what: string): void => {
    if (start === undefined) return;
    const wrong = memory.slice(start, start + size).filter((other) => other !== owner).length;
    if (wrong > 0) faults.push(`${what}: ${wrong} of ${size} elements lost`);
  };
  const expectTensor = (tensor: Tensor, what: string): void => {
    if (!options.bound?.has(tensor) && !offsets.has(tensor)) faults.push(`${what}: has no place`);
    expect(tensor, offsets.get(tensor), sizeOf(tensor.shape), what);
  };

  for (const tensor of offsets.keys()) if (leafOf(tensor)) writeTensor(tensor);
  steps.forEach((node, step) => {
    const input = node.op.inPlace === undefined ? undefined : node.inputs[node.op.inPlace];
    const [first] = node.outputs;
    // Such an output is written while the input is read, element by element.
    const inPlace = input !== undefined && offsets.has(input) && offsets.get(input) === offsets.get(first!);
    const length = options.workspace?.(node) ?? 0;
    if (length > 0) write('workspace', workspaces.get(node), length);
    // Everything else may be written before the inputs are read.
    for (const tensor of node.outputs) if (tensor !== first || !inPlace) writeTensor(tensor);
    for (const [k, tensor] of node.inputs.entries()) expectTensor(tensor, `step ${step}, input ${k}`);
    if (inPlace) writeTensor(first!);
    for (const tensor of node.outputs) expectTensor(tensor, `step ${step}, output ${tensor.index}`);
    if (length > 0) expect('workspace', workspaces.get(node), length, `step ${step}, workspace`);
  });
  for (const [k, tensor] of outputs.entries()) expectTensor(tensor, `output ${k} at the end`);
  return faults;
}

/** Elements that are needed at once in the busiest step, nothing shared or padded: no plan without takeover is shorter. */
export function peakLength(outputs: readonly Tensor[], bound: ReadonlySet<Tensor> = new Set()): number {
  const { steps, offsets } = plan(outputs, { bound });
  const last = new Map<Tensor, number>();
  steps.forEach((node, step) => {
    for (const tensor of [...node.outputs, ...node.inputs]) last.set(tensor, step);
  });
  for (const tensor of outputs) last.set(tensor, steps.length);
  const tensors = [...offsets.keys()];
  const firstUse = (tensor: Tensor): number => Math.max(steps.indexOf(tensor.node), 0);
  return Math.max(
    ...steps.map((_, step) =>
      tensors
        .filter((tensor) => firstUse(tensor) <= step && step <= last.get(tensor)!)
        .reduce((sum, tensor) => sum + sizeOf(tensor.shape), 0),
    ),
  );
}
