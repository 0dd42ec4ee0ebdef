/** Which output suffices for an image, by the rule of `unetpp compare`. */
import { percent } from '../../../src/base/quantities.js';
import { recommend, TOLERANCE } from '../../../src/evaluate/compare-modes.js';
import type { Output } from '../../../src/network/mode.js';
import type { HeadView, ModelView } from '../../engine/protocol.js';
import { count, outputName, score } from '../words.js';

/** An output that is marked among the others, and why in a sentence. */
export interface Verdict {
  readonly mode: Output;
  /** The word beside its name. */
  readonly mark: 'the best here' | 'enough here' | 'the cheapest';
  readonly text: string;
}

/** The cheapest output whose Dice is near enough to the best; without a mask, the cheapest of all. */
export function verdictOf(heads: readonly HeadView[], { outputs }: Pick<ModelView, 'outputs'>): Verdict | null {
  const rows = heads.flatMap(({ mode, dice }) => {
    const output = outputs.find((each) => each.mode === mode);
    return output ? [{ mode, macs: output.macs, dice }] : [];
  });
  if (rows.length < 2) return null;
  const whole = rows.reduce((a, b) => (b.macs > a.macs ? b : a));
  const scored = rows.flatMap(({ dice, ...row }) => (dice === null || Number.isNaN(dice) ? [] : [{ ...row, dice }]));
  if (scored.length < rows.length) {
    const { mode, macs } = rows.reduce((a, b) => (b.macs < a.macs ? b : a));
    const text = `${name(mode)} is the cheapest, with ${percent(macs / whole.macs)} of the multiply-adds of ${the(whole.mode)}; whether it is enough, a true mask would tell.`;
    return { mode, mark: 'the cheapest', text };
  }
  const { mode, dice, macs } = recommend(scored, 'dice', TOLERANCE);
  const best = scored.reduce((a, b) => (b.dice > a.dice ? b : a));
  const cost =
    mode === whole.mode
      ? `with ${count(macs)} multiply-adds`
      : `with ${percent(macs / whole.macs)} of the multiply-adds of ${the(whole.mode)}`;
  if (best.mode === mode) {
    return {
      mode,
      mark: 'the best here',
      text: `${name(mode)} is the best for this image: Dice ${score(dice)}, ${cost}.`,
    };
  }
  const near = `within ${TOLERANCE} of the best (${outputName(best.mode)}, ${score(best.dice)})`;
  return {
    mode,
    mark: 'enough here',
    text: `${name(mode)} is enough for this image: Dice ${score(dice)}, ${near}, ${cost}.`,
  };
}

function the(mode: Output): string {
  return mode === 'accurate' ? 'the mean' : mode;
}

function name(mode: Output): string {
  return mode === 'accurate' ? 'The mean' : mode;
}
