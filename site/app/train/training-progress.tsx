/** How far a training has come. */
import type { Phase, Progress as Reported } from '../../../src/app/observer.js';
import { duration, grouped, plural } from '../../../src/base/quantities.js';
import { Progress, Status } from '../ui/index.js';
import { score } from '../words.js';
import type { TrainingState } from './training-state.js';

export function TrainingProgress({ training }: { readonly training: TrainingState }) {
  const { phase, progress, epochs, remarks } = training;
  const last = epochs.at(-1);
  return (
    <>
      {phase !== 'over' && (
        <Progress
          label={labelOf(training)}
          {...(progress && { done: progress.done, total: progress.total, text: textOf(progress) })}
        />
      )}
      <Status id="epoch">
        {phase !== 'over' &&
          last &&
          `Epoch ${last.epoch} of ${last.epochs}: Dice ${score(last.validation.dice)}${last.best ? ', the best so far' : ''}`}
      </Status>
      {remarks.length > 0 && (
        <ul class="remarks">
          {remarks.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </>
  );
}

const DOING: Readonly<Partial<Record<Phase, string>>> = {
  reading: 'Reading the images',
  planning: 'Looking at the data',
  training: 'Training',
  validation: 'Validating',
  test: 'Testing',
  scoring: 'Scoring',
  thresholds: 'Choosing thresholds',
};

function labelOf({ phase, progress }: TrainingState): string {
  if (phase === 'stopping') return 'Stopping at the next step';
  const doing = progress ? (DOING[progress.phase] ?? 'Working') : 'Preparing';
  const where = progress?.epoch
    ? `Epoch ${progress.epoch.number} of ${progress.epoch.of}: ${doing.toLowerCase()}`
    : doing;
  return phase === 'paused' ? `Paused. ${where}` : where;
}

/** `12 of 48 images, 103.2 images/s, 0:25 left`. */
function textOf({ done, total, pace }: Reported): string {
  return [
    `${grouped(done)} of ${plural(total, 'image')}`,
    ...(pace && Number.isFinite(pace.imagesPerSecond) ? [`${pace.imagesPerSecond.toFixed(1)} images/s`] : []),
    ...(pace && Number.isFinite(pace.secondsLeft) ? [`${duration(pace.secondsLeft)} left`] : []),
  ].join(', ');
}
