import { type ClassWeightExports, classWorkspace, setClassWeights } from './class-weights.js';
import type { KernelsOf } from './kernel.js';

export interface LovaszExports extends ClassWeightExports {
  binaryLovasz(batch: number, positions: number, logits: number, target: number, loss: number, workspace: number): void;
  binaryLovaszGrad(
    batch: number,
    positions: number,
    logits: number,
    target: number,
    dloss: number,
    dlogits: number,
    workspace: number,
  ): void;
  lovasz(
    batch: number,
    positions: number,
    classes: number,
    logits: number,
    labels: number,
    loss: number,
    workspace: number,
  ): void;
  lovaszGrad(
    batch: number,
    positions: number,
    classes: number,
    logits: number,
    labels: number,
    dloss: number,
    dlogits: number,
    workspace: number,
  ): void;
}

interface Size {
  readonly positions: number;
  readonly classes: number;
}

/** Sorting takes 4 x positions + 256 of it. */
const workspace = ({ positions, classes }: Size) =>
  (classes + 4) * positions + 256 + (classes === 1 ? 0 : classWorkspace(classes));

export const lovasz: KernelsOf<'lovasz' | 'lovaszGrad', LovaszExports> = {
  lovasz: {
    run(wasm, { batch, positions, classes, classWeights }, [logits, target], [loss], scratch) {
      if (classes === 1) {
        wasm.binaryLovasz(batch, positions, logits!, target!, loss!, scratch);
        return;
      }
      setClassWeights(wasm, scratch, classWeights);
      wasm.lovasz(batch, positions, classes, logits!, target!, loss!, scratch);
    },
    workspace,
  },
  lovaszGrad: {
    run(wasm, { batch, positions, classes, classWeights }, [logits, target, dloss], [dlogits], scratch) {
      if (classes === 1) {
        wasm.binaryLovaszGrad(batch, positions, logits!, target!, dloss!, dlogits!, scratch);
        return;
      }
      setClassWeights(wasm, scratch, classWeights);
      wasm.lovaszGrad(batch, positions, classes, logits!, target!, dloss!, dlogits!, scratch);
    },
    workspace,
  },
};
