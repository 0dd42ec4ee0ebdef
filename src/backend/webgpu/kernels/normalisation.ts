/** Moments and normalisation by them, for batch, group and instance norm. */
import type { NormGeometry } from '../../../ops/normalisation.js';
import { type Dispatch, input, invocations, type KernelsOf, type Operand, output, workspace } from '../kernel.js';
import { type Columns, type Matrices, partsLength, shareOut, sumBlocks, sumRuns } from './columns.js';
import { workspaceParts } from './workspace.js';

/** What has statistics of its own: each image, or the whole batch. */
function matricesOf({ batch, positions, channels, perImage }: NormGeometry): Matrices {
  return perImage
    ? { matrices: batch, pixels: positions, channels }
    : { matrices: 1, pixels: batch * positions, channels };
}

/** Elements of a statistics group. */
function groupSize(g: NormGeometry): number {
  return (matricesOf(g).pixels * g.channels) / g.groups;
}

/** A pass over the whole tensor. Its struct is that of the columns, the groups, and the number of elements or epsilon. */
function pass(
  [shader, entry]: readonly [string, string],
  { groups: count }: NormGeometry,
  { integers, groups }: Columns,
  figure: number,
  buffers: readonly Operand[],
): Dispatch {
  return { shader, entry, buffers, uniforms: { integers: [...integers, count], floats: [figure] }, groups };
}

export const normalisation: KernelsOf<'moments' | 'momentsGrad' | 'normalise' | 'normaliseGrad'> = {
  moments: {
    /** The mean first, then the mean of the squared distances from it; the parts of both sums lie in the same place. */
    dispatches(g) {
      const { matrices, channels } = matricesOf(g);
      const columns = shareOut(matricesOf(g));
      const parts = workspace(0, partsLength(matricesOf(g)));
      const [x, mean, variance] = [input(0), output(0), output(1)];
      const count = groupSize(g);
      // The channels of a group are neighbours, and so are the parts of their sums.
      const length = (channels / g.groups) * columns.blocks;
      const average = (to: Operand) => sumRuns(matrices * g.groups, length, count, parts, to);
      return [
        sumBlocks(columns, x, parts),
        average(mean),
        pass(['moments', 'sumSquares'], g, columns, count, [x, mean, parts]),
        average(variance),
      ];
    },
    workspace: (g) => partsLength(matricesOf(g)),
  },
  momentsGrad: {
    dispatches(g) {
      const operands = [...[0, 1, 2, 3].map(input), output(0)];
      return [pass(['moments', 'momentsGrad'], g, shareOut(matricesOf(g)), groupSize(g), operands)];
    },
  },
  normalise: {
    dispatches(g) {
      const operands = [...[0, 1, 2, 3, 4].map(input), output(0)];
      return [pass(['normalisation', 'normalise'], g, shareOut(matricesOf(g)), g.epsilon, operands)];
    },
  },
  normaliseGrad: {
    dispatches(g) {
      const columns = shareOut(matricesOf(g));
      const [dy, x, mean, variance, gamma] = [input(0), input(1), input(2), input(3), input(4)];
      const [dx, dmean, dvariance, dgamma, dbeta] = [output(0), output(1), output(2), output(3), output(4)];
      const { parts, totals } = workspaceParts(sumsOf(g)).parts;
      const large = [x, mean, variance, gamma, dy, dx, parts];
      const small = [dmean, dvariance, variance, gamma, dgamma, dbeta, totals];
      const groups = invocations(Math.max(matricesOf(g).matrices * g.groups, g.channels));
      return [
        pass(['normalisation', 'scaleAndSum'], g, columns, g.epsilon, large),
        sumRuns(sumsOf(g).totals, columns.blocks, 1, parts, totals),
        { ...pass(['normalisation', 'gradients'], g, columns, g.epsilon, small), groups },
      ];
    },
    workspace: (g) => workspaceParts(sumsOf(g)).length,
  },
};

/** Elements of the gradient's two sums over each matrix and channel: in parts, and put together. */
function sumsOf(g: NormGeometry): { parts: number; totals: number } {
  const totals = 2 * matricesOf(g).matrices * g.channels;
  return { parts: totals * shareOut(matricesOf(g)).blocks, totals };
}
