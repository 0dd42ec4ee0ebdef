/** One image by every head and their mean, side by side: how well, how fast, at what cost. */
import { useState } from 'preact/hooks';
import type { Image } from '../../../src/image/image.js';
import { classColour, GREEN } from '../../../src/report/colours.js';
import type { HeadView, ImageView, ModelView } from '../../engine/protocol.js';
import { Button, ComparisonLegend, Legend, Picture, Segmented, Slider, Status } from '../ui/index.js';
import { CostTable } from './cost-table.js';
import { HeadFigure } from './head-figure.js';
import { Pane, Panes } from './panes.js';
import { verdictOf } from './verdict.js';

export interface ComparePanelProps {
  readonly model: ModelView;
  readonly image: ImageView;
  /** The slice that is shown, counted from 0. */
  readonly slice: number;
  readonly onSlice: (slice: number) => void;
  /** What is shown of the slice, RGB; smaller than the image where that is very large. */
  readonly picture: Image<Uint8Array>;
  /** The true mask of the slice, of the size of `picture`; null where none is known. */
  readonly truth: Image<Uint8Array> | null;
  /** What the heads make of the slice; null while it is computed. */
  readonly heads: readonly HeadView[] | null;
}

const ZOOMS = ['1', '2', '4', '8'] as const;

export function ComparePanel({ model, image, slice, onSlice, picture, truth, heads }: ComparePanelProps) {
  // The threshold of all outputs; null while each has the one that the model says.
  const [chosen, choose] = useState<number | null>(null);
  const [zoom, setZoom] = useState<(typeof ZOOMS)[number]>('1');
  const [view, setView] = useState<'mask' | 'differences'>('mask');
  const differences = view === 'differences' && truth !== null;
  const classes = heads?.[0]?.classes ?? model.config.classes;
  const own = (mode: string) => model.outputs.find((output) => output.mode === mode)?.threshold ?? 0.5;
  const verdict = heads && verdictOf(heads, model);
  return (
    <div class="compare">
      <div class="fields">
        {image.slices > 1 && (
          <Slider
            id="slice"
            label="Slice"
            value={slice}
            min={0}
            max={image.slices - 1}
            step={1}
            text={`${slice + 1} of ${image.slices}`}
            onInput={onSlice}
          />
        )}
        {classes === 1 && <Threshold model={model} chosen={chosen} onChoose={choose} />}
        <Segmented
          id="zoom"
          label="Enlarge"
          value={zoom}
          choices={ZOOMS.map((value) => ({ value, label: `${value}×` }))}
          onChange={setZoom}
        />
        {truth && (
          <Segmented
            id="view"
            label="Draw"
            value={view}
            choices={[
              { value: 'mask', label: 'the mask' },
              { value: 'differences', label: 'where it is wrong' },
            ]}
            onChange={setView}
          />
        )}
      </div>
      <Panes>
        <figure class="figure head">
          <Pane
            label={`${image.name}, moved with the others`}
            zoom={Number(zoom)}
            width={picture.width}
            height={picture.height}
          >
            <Picture image={picture} label={`${image.name}, without a mask`} />
          </Pane>
          <figcaption>
            <span class="head-name">{image.name}</span>
            <span class="figures">
              {image.width}x{image.height}
            </span>
          </figcaption>
        </figure>
        {heads?.map((head) => (
          <HeadFigure
            key={head.mode}
            picture={picture}
            truth={truth}
            differences={differences}
            head={head}
            threshold={chosen ?? own(head.mode)}
            zoom={Number(zoom)}
            mark={verdict?.mode === head.mode ? verdict.mark : undefined}
          />
        ))}
      </Panes>
      {differences ? <ComparisonLegend /> : <Legend entries={coloursOf(model, classes)} />}
      <Status id="verdict">{heads ? verdict?.text : 'Segmenting …'}</Status>
      {heads && <CostTable model={model} heads={heads} />}
    </div>
  );
}

interface ThresholdProps {
  readonly model: ModelView;
  readonly chosen: number | null;
  readonly onChoose: (threshold: number | null) => void;
}

function Threshold({ model: { outputs }, chosen, onChoose }: ThresholdProps) {
  const own = outputs.map(({ threshold }) => threshold);
  const [low, high] = [Math.min(...own), Math.max(...own)];
  const differ = low < high;
  return (
    <div class="threshold">
      <Slider
        id="threshold"
        label="Threshold"
        hint={
          <>
            A pixel is marked where its probability is above it. The table is of the model’s own{' '}
            {differ ? 'thresholds' : 'threshold'}, {low}
            {differ && ` to ${high}`}.
          </>
        }
        value={chosen ?? own.at(-1)!}
        min={0.01}
        max={0.99}
        step={0.01}
        text={chosen === null && differ ? 'the model’s' : (chosen ?? high).toFixed(2)}
        onInput={onChoose}
      />
      {chosen !== null && (
        <Button kind="quiet" onClick={() => onChoose(null)}>
          Back to the model’s own
        </Button>
      )}
    </div>
  );
}

function coloursOf({ classNames }: ModelView, classes: number) {
  if (classes === 1) return [{ label: classNames[0] ?? 'foreground', colour: GREEN }];
  return Array.from({ length: classes - 1 }, (_, k) => ({
    label: classNames[k] ?? `class ${k + 1}`,
    colour: classColour(k + 1),
  }));
}
