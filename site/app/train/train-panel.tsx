/** A training: what it is on, its options, its course and its result. */
import type { GivenOptions, PlanView, RunView } from '../../engine/protocol.js';
import { Button, ErrorLine } from '../ui/index.js';
import { Examples } from './examples.js';
import { LearningCurves } from './learning-curves.js';
import { MemoryForecast } from './memory.js';
import { PlanForm } from './plan-form.js';
import { blamed } from './plan-words.js';
import { Result } from './result.js';
import { dataName } from './train-words.js';
import { TrainingProgress } from './training-progress.js';
import { isUnderWay, type TrainingState } from './training-state.js';
import { UnfinishedRuns } from './unfinished-runs.js';

export interface TrainPanelProps {
  /** The data set, `data/NAME`; undefined for the phantom. */
  readonly data: string | undefined;
  /** null while the data is looked at. */
  readonly plan: PlanView | null;
  readonly given: GivenOptions;
  readonly onGiven: (given: GivenOptions) => void;
  /** What is wrong with what is given, in the library's words: it begins with the flag of its option. */
  readonly planError: string | null;
  readonly training: TrainingState;
  readonly onTrain: () => void;
  readonly onPause: (paused: boolean) => void;
  readonly onStop: () => void;
  readonly runs: readonly RunView[];
  readonly onResume: (run: string) => void;
}

export function TrainPanel(props: TrainPanelProps) {
  const { data, plan, given, onGiven, planError, training, runs, onResume } = props;
  const underWay = isUnderWay(training);
  const hasField = plan !== null && blamed(planError, plan.options) !== undefined;
  return (
    <div class="train">
      <p class="training-data">
        {data === undefined ? (
          <>
            It trains on <strong>the phantom</strong>: synthetic images whose true masks are known. Drop a folder of
            images and masks to train on your own.
          </>
        ) : (
          <>
            It trains on <strong>{dataName(data)}</strong>.
          </>
        )}
      </p>
      {plan && !underWay && (
        <>
          <PlanForm plan={plan} given={given} onGiven={onGiven} error={planError} />
          <MemoryForecast plan={plan} />
        </>
      )}
      <ErrorLine id="plan-error">{hasField ? null : planError}</ErrorLine>
      <Controls {...props} />
      {training.phase !== 'none' && <Course training={training} />}
      <UnfinishedRuns
        runs={runs.filter(({ run }) => run !== training.run || !underWay)}
        onResume={onResume}
        disabled={underWay}
      />
    </div>
  );
}

function Controls({ plan, planError, training, onTrain, onPause, onStop }: TrainPanelProps) {
  const { phase } = training;
  const underWay = isUnderWay(training);
  const paused = phase === 'paused';
  return (
    <div class="controls">
      <div class="row">
        <Button
          id="train"
          kind="primary"
          busy={underWay}
          disabled={!underWay && (plan === null || planError !== null)}
          onClick={() => onTrain()}
        >
          Train
        </Button>
        <Button id="pause" disabled={phase !== 'running' && !paused} onClick={() => onPause(!paused)}>
          {paused ? 'Go on' : 'Pause'}
        </Button>
        <Button id="stop" disabled={!underWay} busy={phase === 'stopping'} onClick={() => onStop()}>
          Stop
        </Button>
      </div>
      <p class="hint">
        It is saved after every epoch, and goes on in a hidden tab. If the tab is closed, open this page again to go on
        from there, to the same result.
      </p>
    </div>
  );
}

function Course({ training }: { readonly training: TrainingState }) {
  const { epochs, steps, examples, trained, error } = training;
  return (
    <>
      <TrainingProgress training={training} />
      <ErrorLine id="train-error">{error}</ErrorLine>
      {trained && <Result trained={trained} />}
      {(epochs.length > 0 || steps.length > 0) && <LearningCurves epochs={epochs} steps={steps} />}
      <Examples examples={examples} />
    </>
  );
}
