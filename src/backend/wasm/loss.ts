import type { LossGeometry } from '../../ops/loss.js';
import type { KernelsOf } from './kernel.js';

export interface LossExports {
  bceDice(batch: number, positions: number, logits: number, target: number, loss: number): void;
  bceDiceGrad(batch: number, positions: number, logits: number, target: number, dloss: number, dlogits: number): void;
  ceDice(
    batch: number,
    positions: number,
    classes: number,
    logits: number,
    labels: number,
    loss: number,
    workspace: number,
  ): void;
  ceDiceGrad(
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

type Ops = 'bceDice' | 'bceDiceGrad' | 'ceDice' | 'ceDiceGrad';

const workspace = (g: LossGeometry): number => 12 * g.classes;

export const loss: KernelsOf<Ops, LossExports> = {
  bceDice: {
    run: (wasm, g, [logits, target], [loss]) => wasm.bceDice(g.batch, g.positions, logits!, target!, loss!),
  },
  bceDiceGrad: {
    run: (wasm, g, [logits, target, dloss], [dlogits]) =>
      wasm.bceDiceGrad(g.batch, g.positions, logits!, target!, dloss!, dlogits!),
  },
  ceDice: {
    run: (wasm, g, [logits, labels], [loss], scratch) =>
      wasm.ceDice(g.batch, g.positions, g.classes, logits!, labels!, loss!, scratch),
    workspace,
  },
  ceDiceGrad: {
    run: (wasm, g, [logits, labels, dloss], [dlogits], scratch) =>
      wasm.ceDiceGrad(g.batch, g.positions, g.classes, logits!, labels!, dloss!, dlogits!, scratch),
    workspace,
  },
};
