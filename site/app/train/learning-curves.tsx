/** The learning curves of a training: the losses, and the validation Dice of each head and of their mean. */
import type { Curve } from '../../../src/report/curve-plot.js';
import type { EpochReport } from '../../../src/train/report.js';
import { Details, Table } from '../ui/index.js';
import { score } from '../words.js';
import { Chart } from './chart.js';
import type { StepLoss } from './training-state.js';

export interface LearningCurvesProps {
  readonly epochs: readonly EpochReport[];
  readonly steps: readonly StepLoss[];
}

export function LearningCurves({ epochs, steps }: LearningCurvesProps) {
  const xHigh = Math.max(1, epochs.at(-1)?.epoch ?? 0, Math.ceil(steps.at(-1)?.at ?? 0));
  const losses: Curve[] = [
    { label: '', style: 'steps', points: steps.map(({ at, loss }) => [at, loss]) },
    { label: 'training', style: 'series-1', points: epochs.map(({ epoch, training }) => [epoch, training.total]) },
    { label: 'validation', style: 'series-2', points: epochs.map(({ epoch, validation }) => [epoch, validation.loss]) },
  ];
  const dice = diceCurves(epochs);
  return (
    <div class="curves">
      <Chart
        title="Loss"
        note="grey: single steps"
        curves={losses}
        xHigh={xHigh}
        include={[0]}
        labelWidth={124}
        label={spoken('Loss', losses.slice(1), epochs)}
      />
      <Chart
        title="Dice of the validation images"
        curves={dice}
        xHigh={xHigh}
        include={[]}
        labelWidth={90}
        label={spoken('Dice of the validation images', dice, epochs)}
      />
      {epochs.length > 0 && (
        <Details summary="The same as a table">
          <EpochTable epochs={epochs} />
        </Details>
      )}
    </div>
  );
}

/** The Dice of the heads, shallowest first; of several their mean, last. */
function diceCurves(epochs: readonly EpochReport[]): Curve[] {
  const heads = epochs[0]?.validation.heads ?? [];
  const ofHeads = heads.map(({ head }, k): Curve => {
    const points = epochs.map(({ epoch, validation }) => [epoch, validation.heads[k]!.dice] as const);
    return { label: head, style: `series-${k + 1}`, points };
  });
  const mean = epochs.map(({ epoch, validation }) => [epoch, validation.dice] as const);
  return heads.length > 1 ? [...ofHeads, { label: 'mean', style: 'mean', points: mean }] : ofHeads;
}

/** The last values of a chart: `Loss after epoch 3: training 0.231, validation 0.254`. */
function spoken(title: string, curves: readonly Curve[], epochs: readonly EpochReport[]): string {
  const last = epochs.at(-1);
  if (!last) return `${title}: no epoch has ended yet`;
  const values = curves.map(({ label, points }) => `${label} ${score(points.at(-1)?.[1])}`);
  return `${title} after epoch ${last.epoch}: ${values.join(', ')}`;
}

function EpochTable({ epochs }: Pick<LearningCurvesProps, 'epochs'>) {
  const heads = epochs[0]!.validation.heads;
  return (
    <Table<EpochReport>
      id="epoch-table"
      caption="Losses, and the Dice of the validation images"
      rows={epochs}
      rowKey={({ epoch }) => String(epoch)}
      columns={[
        { title: 'Epoch', numeric: true, cell: ({ epoch, best }) => `${best ? '* ' : ''}${epoch}` },
        { title: 'Loss', numeric: true, cell: ({ training }) => score(training.total) },
        { title: 'Validation loss', numeric: true, cell: ({ validation }) => score(validation.loss) },
        ...heads.map(({ head }, k) => ({
          title: head,
          numeric: true,
          cell: ({ validation }: EpochReport) => score(validation.heads[k]?.dice),
        })),
        ...(heads.length > 1
          ? [{ title: 'Mean', numeric: true, cell: ({ validation }: EpochReport) => score(validation.dice) }]
          : []),
      ]}
    />
  );
}
