/** The result of a training. */
import { duration } from '../../../src/base/quantities.js';
import type { Trained } from '../../engine/protocol.js';
import { Facts, Status } from '../ui/index.js';
import { score } from '../words.js';

export function Result({ trained: { result } }: { readonly trained: Trained }) {
  const { epochs, bestEpoch, seconds, imagesPerSecond, validation, weightsSha256, interrupted } = result;
  if (weightsSha256 === null) {
    return <Status tone="warn">Stopped before the first step: nothing has been trained.</Status>;
  }
  const heads = validation && validation.heads.length > 1 ? validation.heads : [];
  return (
    <div class="result">
      <Status tone="good">
        {interrupted
          ? 'Stopped; what it has learned is saved, and it can go on.'
          : `Trained: the model is that of epoch ${bestEpoch}, the best.`}
      </Status>
      <Facts
        facts={[
          { name: 'Validation Dice', value: <output id="dice">{validation?.dice.toFixed(4) ?? '–'}</output> },
          ...heads.map(({ head, dice }) => ({ name: `Dice of ${head}`, value: score(dice) })),
          { name: 'Best epoch', value: bestEpoch === null ? '–' : `${bestEpoch} of ${epochs}` },
          { name: 'Time', value: `${duration(seconds)}, ${imagesPerSecond.toFixed(1)} images/s` },
        ]}
      />
      <p class="hint">
        SHA-256 of the weights, the same wherever this training runs: <code id="weights-sha256">{weightsSha256}</code>
      </p>
    </div>
  );
}
