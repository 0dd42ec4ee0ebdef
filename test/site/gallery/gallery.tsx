/** A page that shows the panels with given values, so that each can be looked at and driven without an engine. */
import { render } from 'preact';
import { useReducer, useState } from 'preact/hooks';
import { ComparePanel } from '../../../site/app/compare/compare-panel.js';
import { NetworkPanel } from '../../../site/app/network/network-panel.js';
import { TrainPanel } from '../../../site/app/train/train-panel.js';
import { afterEvent, NO_TRAINING, type TrainingEvent } from '../../../site/app/train/training-state.js';
import { Section } from '../../../site/app/ui/index.js';
import type { GivenOptions } from '../../../site/engine/protocol.js';
import type { Output } from '../../../src/network/mode.js';
import type { Fixtures } from './fixtures.js';

/** What a test reads and does on the page beside what a person can. */
export interface Gallery {
  show(fixtures: Fixtures): void;
  /** The names of the callbacks that were called, with what they were given. */
  readonly called: unknown[][];
  tell(event: TrainingEvent): void;
  given: GivenOptions;
}

const gallery: Gallery = {
  called: [],
  given: {},
  tell() {},
  show: (fixtures) => render(<Panels {...fixtures} />, document.getElementById('gallery')!),
};
Object.assign(globalThis, { gallery });

function Panels({ plan, runs, model, image, picture, truth, heads, features }: Fixtures) {
  const [training, dispatch] = useReducer(afterEvent, NO_TRAINING);
  const [given, give] = useState<GivenOptions>({});
  const [output, setOutput] = useState<Output>('accurate');
  const [slice, setSlice] = useState(0);
  gallery.tell = dispatch;
  gallery.given = given;
  const call =
    (name: string) =>
    (...values: unknown[]) =>
      void gallery.called.push([name, ...values]);
  const error = Number(given.epochs ?? 1) >= 1 ? null : '--epochs: Expected a whole number from 1 to 1000000000.';
  return (
    <>
      <Section id="train-section" title="Train" step={3} lead="Teach a UNet++ to draw the masks.">
        <TrainPanel
          data={undefined}
          plan={plan}
          given={given}
          onGiven={give}
          planError={error}
          training={training}
          onTrain={call('train')}
          onPause={call('pause')}
          onStop={call('stop')}
          runs={runs}
          onResume={call('resume')}
        />
      </Section>
      <Section id="compare-section" title="Compare" step={4} lead="The same image by every head and by their mean.">
        <ComparePanel
          model={model}
          image={image}
          slice={slice}
          onSlice={setSlice}
          picture={picture}
          truth={truth}
          heads={heads}
        />
      </Section>
      <Section id="network-section" title="Look inside" step={5} lead="What each node of the network computes.">
        <NetworkPanel model={model} features={features} output={output} onOutput={setOutput} />
      </Section>
    </>
  );
}
