/** The rules for the network. */
import { LADDER, type PlannedOptions, type Rule, USUAL_CHANNELS } from '../rule.js';
import { depthFor } from './images.js';

/** The channels of the paper's networks at full resolution. */
const PAPER = 32;

/** Images of more pixels, times the channels at full resolution, are tiled: the whole would take more than `WHOLE_BYTES`. */
const TILED = 2 ** 25;

export const filters: Rule<readonly number[]> = (_facts, { size, patch }, { rung, because }) => {
  const side = (size ?? patch)!;
  const { channels } = LADDER.find((each) => each.rung === rung)!;
  const depth = depthFor(side);
  const value = Array.from({ length: depth + 1 }, (_, level) => channels * 2 ** level);
  const less = (PAPER / channels) ** 2;
  const width =
    channels === PAPER
      ? `${channels} channels as in the paper, as there are images and time enough`
      : `${channels} channels, not the paper's ${PAPER}, take a ${less === 4 ? 'quarter' : `${less}th`} of the computation`;
  const short = channels < USUAL_CHANNELS && because !== undefined ? `, as ${because}` : '';
  return { value, reason: `Level ${depth}, the deepest, has ${side / 2 ** depth} pixels a side; ${width}${short}.` };
};

export const norm: Rule<PlannedOptions['norm']> = ({ sizes: { largest } }, { patch, filters }) => {
  const { width, height } = largest;
  if (patch !== undefined && width * height * filters![0]! > TILED) {
    return {
      value: 'batch',
      reason: `Images of up to ${width}x${height} pixels are predicted in tiles, and these give what the whole image gives with batch norm, not with group norm.`,
    };
  }
  return {
    value: 'group',
    reason: 'A norm makes deep networks learn faster from few images, and group norm does not depend on the batch.',
  };
};

export const upsample: Rule<PlannedOptions['upsample']> = () => ({
  value: 'transposed',
  reason: 'The network learns how to enlarge, as in the paper.',
});

export const initialisation: Rule<PlannedOptions['initialisation']> = () => ({
  value: 'he-normal',
  reason: 'It keeps activations at one scale through layers with ReLU.',
});
