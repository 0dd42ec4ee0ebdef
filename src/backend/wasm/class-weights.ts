/** The workspace that losses of several classes share; see assembly/softmax-block.ts. */

export interface ClassWeightExports {
  setClassWeight(workspace: number, k: number, weight: number): void;
}

/** Elements (float32) of what all of them need. */
export const classWorkspace = (classes: number): number => 9 * classes + 16;

export function setClassWeights(wasm: ClassWeightExports, workspace: number, weights: readonly number[]): void {
  for (const [k, weight] of weights.entries()) wasm.setClassWeight(workspace, k, weight);
}
