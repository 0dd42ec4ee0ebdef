/**
 * What the losses have in common: a value and a gradient, each with a kernel for binary logits and one for the logits of
 * several classes, which finds a weight for each class in its workspace (assembly/softmax-block.ts).
 */
import type { SegmentationGeometry } from '../../../ops/segmentation.js';
import type { Kernel } from '../kernel.js';

/** A number or a flag, as WebAssembly takes it. */
type Argument = number | boolean;

/** What losses are given besides their tensors. */
export interface LossGeometry extends SegmentationGeometry {
  readonly classWeights: readonly number[];
}

/** The exports of the loss `N`: sizes and options, then the addresses of inputs, output and workspace. */
export type LossExports<N extends string> = Readonly<
  Record<`${N}${'' | 'Grad'}` | `binary${Capitalize<N>}${'' | 'Grad'}`, (...args: Argument[]) => void>
> & { setClassWeight(workspace: number, k: number, weight: number): void };

/** How the kernels of one loss are called. */
interface LossBinding<G> {
  /** Sizes and options of the binary kernels. */
  binary(geometry: G): readonly Argument[];
  /** Sizes and options of the kernels for several classes. */
  classes(geometry: G): readonly Argument[];
  /** Elements of the workspace, beyond those that all losses of several classes need. Default: none. */
  workspace?(geometry: G): number;
}

/** The kernels of a loss and of its gradient, from the names of their exports. */
export function lossBinding<N extends string, G extends LossGeometry>(
  name: N,
  { binary, classes, workspace }: LossBinding<G>,
): { readonly [P in `${N}${'' | 'Grad'}`]: Kernel<G, LossExports<N>> } {
  const kernel = (suffix: '' | 'Grad'): Kernel<G, LossExports<N>> => {
    const ofClasses: string = `${name}${suffix}`;
    const ofBinary = `binary${name[0]!.toUpperCase()}${name.slice(1)}${suffix}`;
    return {
      run(wasm, { geometry, inputs, outputs, workspace }) {
        const functions: Readonly<Record<string, (...args: Argument[]) => void>> = wasm;
        const addresses = [...inputs, ...outputs, workspace];
        if (geometry.classes === 1) {
          functions[ofBinary]!(...binary(geometry), ...addresses);
          return;
        }
        geometry.classWeights.forEach((weight, k) => {
          wasm.setClassWeight(workspace, k, weight);
        });
        functions[ofClasses]!(...classes(geometry), ...addresses);
      },
      workspace: (g) => (g.classes === 1 ? 0 : blockLength(g.classes)) + (workspace?.(g) ?? 0),
    };
  };
  return { [name]: kernel(''), [`${name}Grad`]: kernel('Grad') } as ReturnType<typeof lossBinding<N, G>>;
}

/** Elements of the class weights, the block and the slopes in assembly/softmax-block.ts. */
function blockLength(classes: number): number {
  return 9 * classes + 16;
}
