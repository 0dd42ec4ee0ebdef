import { type ClassWeightExports, classWorkspace, setClassWeights } from './class-weights.js';
import type { KernelsOf } from './kernel.js';

export interface OverlapExports extends ClassWeightExports {
  binaryOverlap(
    batch: number,
    positions: number,
    alpha: number,
    beta: number,
    squared: boolean,
    logits: number,
    target: number,
    loss: number,
  ): void;
  binaryOverlapGrad(
    batch: number,
    positions: number,
    alpha: number,
    beta: number,
    squared: boolean,
    logits: number,
    target: number,
    dloss: number,
    dlogits: number,
  ): void;
  overlap(
    batch: number,
    positions: number,
    classes: number,
    alpha: number,
    beta: number,
    squared: boolean,
    logits: number,
    labels: number,
    loss: number,
    workspace: number,
  ): void;
  overlapGrad(
    batch: number,
    positions: number,
    classes: number,
    alpha: number,
    beta: number,
    squared: boolean,
    logits: number,
    labels: number,
    dloss: number,
    dlogits: number,
    workspace: number,
  ): void;
}

const workspace = ({ classes }: { readonly classes: number }) =>
  classes === 1 ? 0 : classWorkspace(classes) + 8 * classes;

export const overlap: KernelsOf<'overlap' | 'overlapGrad', OverlapExports> = {
  overlap: {
    run(wasm, g, [logits, target], [loss], scratch) {
      const { batch, positions, classes, alpha, beta, squared, shares } = g;
      if (classes === 1) {
        wasm.binaryOverlap(batch, positions, alpha, beta, squared, logits!, target!, loss!);
        return;
      }
      setClassWeights(wasm, scratch, shares);
      wasm.overlap(batch, positions, classes, alpha, beta, squared, logits!, target!, loss!, scratch);
    },
    workspace,
  },
  overlapGrad: {
    run(wasm, g, [logits, target, dloss], [dlogits], scratch) {
      const { batch, positions, classes, alpha, beta, squared, shares } = g;
      if (classes === 1) {
        wasm.binaryOverlapGrad(batch, positions, alpha, beta, squared, logits!, target!, dloss!, dlogits!);
        return;
      }
      setClassWeights(wasm, scratch, shares);
      wasm.overlapGrad(batch, positions, classes, alpha, beta, squared, logits!, target!, dloss!, dlogits!, scratch);
    },
    workspace,
  },
};
