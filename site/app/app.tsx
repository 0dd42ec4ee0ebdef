/** The page as a whole: it wires the sections to the engine. */
import { useEffect } from 'preact/hooks';
import type { DroppedFile } from '../engine/engine.js';
import { forgetOffline, keepOffline } from '../offline/register.js';
import { isTest, trySending } from '../privacy/sending.js';
import { watchViolations } from '../privacy/violations.js';
import { Computer } from './computer/computer.js';
import { startEngine } from './engine.js';
import { LookPanel } from './look/look.js';
import { Masthead } from './masthead.js';
import { OpenPanel } from './open/open.js';
import type { AppState } from './state.js';
import { createStore, useStore } from './store.js';
import { presetsOf } from './train/presets.js';
import { TrainPanel } from './train/train.js';
import { Empty, Section } from './ui/index.js';
import { Way } from './way.js';

const engine = startEngine();
const store = createStore<AppState>({
  engine: null,
  engineError: null,
  opening: false,
  openError: null,
  looked: [],
  form: presetsOf(location.search),
  training: false,
  trainError: null,
  offline: 'not kept',
  violations: [],
  sending: null,
  stored: null,
  forgotten: null,
});

const messageOf = (error: unknown) => (error as Error).message;

async function start(): Promise<void> {
  try {
    store.set({ engine: await engine.start() });
  } catch (error) {
    store.set({ engineError: messageOf(error) });
  }
  await keepOffline((offline) => store.set({ offline }));
  await countStored();
}

async function countStored(): Promise<void> {
  const { usage = null } = (await navigator.storage?.estimate()) ?? {};
  store.set({ stored: usage });
}

async function open(files: readonly DroppedFile[]): Promise<void> {
  store.set({ opening: true, openError: null, looked: [] });
  try {
    store.set({ looked: await engine.look(files) });
  } catch (error) {
    store.set({ openError: messageOf(error) });
  }
  store.set({ opening: false });
}

async function train(): Promise<void> {
  store.set({ training: true, trainError: null });
  try {
    await engine.train();
  } catch (error) {
    store.set({ trainError: messageOf(error) });
  }
  store.set({ training: false });
}

async function tryToSend(): Promise<void> {
  store.set({ sending: 'running' });
  store.set({ sending: await trySending() });
}

async function forget(): Promise<void> {
  try {
    await engine.forget();
    await forgetOffline();
    store.set({ forgotten: 'All of it is deleted.', offline: 'not kept' });
  } catch (error) {
    store.set({ forgotten: `Not all of it could be deleted: ${messageOf(error)}` });
  }
  await countStored();
}

export function App() {
  const state = useStore(store);
  useEffect(() => {
    const stop = watchViolations((violation) => {
      if (!isTest(violation)) store.set({ violations: [...store.get().violations, violation] });
    });
    void start();
    return stop;
  }, []);
  return (
    <>
      <a class="skip" href="#open">
        To the images
      </a>
      <div class="page" data-state={state.engine ? 'ready' : 'starting'}>
        <Masthead
          computing={state.engine?.computing ?? null}
          error={state.engineError}
          offline={state.offline}
          blocked={state.violations.length}
        />
        <Way />
        <main>
          <OpenPanel
            busy={state.opening}
            error={state.openError}
            samples={state.engine?.models ?? []}
            onFiles={open}
            onPhantom={train}
            onSample={() => {}}
          />
          <LookPanel looked={state.looked} />
          <TrainPanel
            form={state.form}
            running={state.training}
            error={state.trainError}
            result={null}
            onChange={(change) => store.set({ form: { ...state.form, ...change } })}
            onTrain={train}
            onStop={() => void engine.stop()}
          />
          <Section
            id="compare"
            step={4}
            title="Compare"
            lead="One UNet++ holds four networks of growing depth, L1 to L4, and their mean. See what each of them makes of one image, how long it takes, and how much of it you need."
          >
            <Empty>Train a network, or begin with the sample image; then its heads stand here side by side.</Empty>
          </Section>
          <Section
            id="network"
            step={5}
            title="The network"
            lead="The triangle of its nodes X(i,j): which of them a head needs, and what each of them sees in the image."
          >
            <Empty>The nodes light up as soon as there is a network and an image.</Empty>
          </Section>
          <Section
            id="correct"
            step={6}
            title="Correct"
            lead="Paint over a mask where it is wrong, and train on with what you have corrected."
          >
            <Empty>Segment an image first.</Empty>
          </Section>
          <Section
            id="take-home"
            step={7}
            title="Take home"
            lead="The model and its masks as files: for Node, for ONNX, for small devices, for tables."
          >
            <Empty>There is no model yet.</Empty>
          </Section>
          <Computer state={state} onTrySending={tryToSend} onForget={forget} />
        </main>
        <footer class="colophon">
          <p>
            unetpp is not a medical device. Have a qualified person review every mask that a decision depends on. Free
            software under the MIT licence.
          </p>
        </footer>
      </div>
    </>
  );
}
