import { type ClassWeightExports, classWorkspace, setClassWeights } from './class-weights.js';
import type { KernelsOf } from './kernel.js';

export interface CrossEntropyExports extends ClassWeightExports {
  binaryCrossEntropy(
    pixels: number,
    gamma: number,
    background: number,
    foreground: number,
    logits: number,
    target: number,
    loss: number,
  ): void;
  binaryCrossEntropyGrad(
    pixels: number,
    gamma: number,
    background: number,
    foreground: number,
    logits: number,
    target: number,
    dloss: number,
    dlogits: number,
  ): void;
  crossEntropy(
    pixels: number,
    classes: number,
    gamma: number,
    logits: number,
    labels: number,
    loss: number,
    workspace: number,
  ): void;
  crossEntropyGrad(
    pixels: number,
    classes: number,
    gamma: number,
    logits: number,
    labels: number,
    dloss: number,
    dlogits: number,
    workspace: number,
  ): void;
}

const workspace = ({ classes }: { readonly classes: number }) => (classes === 1 ? 0 : classWorkspace(classes));

export const crossEntropy: KernelsOf<'crossEntropy' | 'crossEntropyGrad', CrossEntropyExports> = {
  crossEntropy: {
    run(wasm, { batch, positions, classes, gamma, classWeights }, [logits, target], [loss], scratch) {
      const pixels = batch * positions;
      const [background, foreground] = classWeights;
      if (classes === 1) {
        wasm.binaryCrossEntropy(pixels, gamma, background!, foreground!, logits!, target!, loss!);
        return;
      }
      setClassWeights(wasm, scratch, classWeights);
      wasm.crossEntropy(pixels, classes, gamma, logits!, target!, loss!, scratch);
    },
    workspace,
  },
  crossEntropyGrad: {
    run(wasm, { batch, positions, classes, gamma, classWeights }, [logits, target, dloss], [dlogits], scratch) {
      const pixels = batch * positions;
      const [background, foreground] = classWeights;
      if (classes === 1) {
        wasm.binaryCrossEntropyGrad(pixels, gamma, background!, foreground!, logits!, target!, dloss!, dlogits!);
        return;
      }
      setClassWeights(wasm, scratch, classWeights);
      wasm.crossEntropyGrad(pixels, classes, gamma, logits!, target!, dloss!, dlogits!, scratch);
    },
    workspace,
  },
};
