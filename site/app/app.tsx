/** The page as a whole: its sections, and the work that each of them begins. */
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { isTest } from '../privacy/sending.js';
import { watchViolations } from '../privacy/violations.js';
import { ComputerPanel } from './computer/computer-panel.js';
import { Privacy } from './computer/privacy.js';
import { CorrectPanel } from './correct/correct-panel.js';
import { startEngine } from './engine.js';
import { LookPanel } from './look/look-panel.js';
import { Masthead } from './masthead.js';
import { OpenPanel } from './open/open-panel.js';
import { Segment } from './open/segment.js';
import type { SegmentedImageProps } from './open/segmented-image.js';
import { samples } from './samples.js';
import { type AppState, firstState } from './state.js';
import { createStore, useStore } from './store.js';
import { subjectOf } from './subject.js';
import { TakeHomePanel } from './take-home/take-home-panel.js';
import { TrainPanel } from './train/train-panel.js';
import { isUnderWay } from './train/training-state.js';
import { Empty, Section } from './ui/index.js';
import { useLater } from './ui/later.js';
import { Way } from './way.js';
import { begin, computeWith, tryToSend } from './work/computing.js';
import { exportMasks, keepCorrection } from './work/correct.js';
import { beginWithPhantom, openFiles, openSample, thumbnail } from './work/open.js';
import { showImage, showSlice } from './work/segment.js';
import { forget } from './work/storage.js';
import { give, pause, resume, stop, train, trainOnCorrected } from './work/train.js';
import type { Work } from './work/work.js';

const work: Work = { engine: startEngine(), store: createStore<AppState>(firstState(location.search)) };
const { engine, store } = work;

export function App() {
  const state = useStore(store);
  useEffect(() => {
    const stopWatching = watchViolations((violation) => {
      if (!isTest(violation)) store.set({ violations: [...store.get().violations, violation] });
    });
    void begin(work);
    return stopWatching;
  }, []);
  const { facts, model, training, violations } = state;
  const subject = useMemo(() => subjectOf(state), [state.model, state.image, state.mean]);
  // The first time, a network takes longer.
  const milliseconds = state.heads?.at(-1)?.milliseconds;
  const segmented = subject && { ...subject.segmented, ...(milliseconds !== undefined && { milliseconds }) };
  return (
    <>
      <a class="skip" href="#open">
        To the images
      </a>
      <div class="page" data-state={facts ? 'ready' : 'starting'}>
        <Masthead
          computing={facts?.computing ?? null}
          error={state.engineError}
          offline={state.offline}
          blocked={violations.length}
        />
        <Way />
        <main>
          <Images state={state} segmented={segmented} />
          <Section
            id="training"
            step={3}
            title="Train"
            lead="Options that you leave alone are chosen to suit your images, and each says why."
          >
            <TrainPanel
              data={state.data?.name}
              plan={state.plan}
              given={state.given}
              onGiven={(given) => give(work, given)}
              planError={state.planError}
              training={training}
              onTrain={() => void train(work)}
              onPause={(paused) => void pause(work, paused)}
              onStop={() => void stop(work)}
              runs={state.runs}
              onResume={(run) => void resume(work, run)}
            />
          </Section>
          <Results state={state} />
          <CorrectPanel
            subject={subject}
            kept={state.corrected?.images ?? 0}
            busy={isUnderWay(training)}
            onKeep={(mask) => keepCorrection(work, mask)}
            onTrain={() => {
              document.getElementById('training')?.scrollIntoView();
              void trainOnCorrected(work);
            }}
          />
          <TakeHomePanel
            model={model}
            images={state.taken?.names.length ?? 0}
            onExportModel={(format) => engine.exportModel(format)}
            onExportMasks={(onProgress) => exportMasks(work, onProgress)}
          />
          <ComputerPanel
            facts={facts}
            wanted={state.wanted}
            cores={navigator.hardwareConcurrency}
            hasWebGpu={'gpu' in navigator}
            busy={isUnderWay(training)}
            error={state.engineError}
            onStart={(wanted) => void computeWith(work, wanted)}
            onDiagnostics={() => engine.diagnostics()}
            storage={state.storage}
            onForget={(name) => forget(work, name)}
          >
            <Privacy violations={violations} sending={state.sending} onTry={() => void tryToSend(work)} />
          </ComputerPanel>
        </main>
        <footer class="colophon">
          <p>
            unetpp is not a medical device. Have a qualified person review every mask that a decision depends on. Free
            software under the MIT licence. <a href="selftest/">The self-test</a> compares every operation on your GPU
            with a reference on the processor.
          </p>
        </footer>
      </div>
    </>
  );
}

/** What is opened, and a look at it. */
function Images({ state, segmented }: { readonly state: AppState; readonly segmented: SegmentedImageProps | null }) {
  const { data, taken, image, imageError } = state;
  const ofTaken = useCallback((name: string) => thumbnail(work, { taken: name }), [taken]);
  const ofData = useCallback((name: string) => thumbnail(work, { data: data!.name, name }), [data]);
  const show = (source: Parameters<typeof showImage>[1]) => void showImage(work, source);
  return (
    <>
      <OpenPanel
        reading={state.reading}
        opened={state.opened}
        error={state.openError}
        samples={samples}
        onFiles={(name, files) => void openFiles(work, name, files)}
        onPhantom={() => void beginWithPhantom(work)}
        onSample={(id) => void openSample(work, id)}
      >
        {(taken || image) && (
          <Segment
            images={taken?.names ?? []}
            refused={taken?.refused ?? []}
            chosen={image?.view.name ?? null}
            thumbnail={ofTaken}
            onChoose={(name) => show({ taken: name })}
            computing={state.model && !state.mean && !imageError ? state.model.name : null}
            result={segmented}
            error={imageError}
          />
        )}
      </OpenPanel>
      <LookPanel
        data={data}
        thumbnail={ofData}
        chosen={image?.view.name ?? null}
        onChoose={(name) => show({ data: data!.name, name })}
      />
    </>
  );
}

/** What the open model makes of the open image. */
function Results({ state }: { readonly state: AppState }) {
  const { model, image, heads, features, output } = state;
  const panels = useLater(() => import('./model-panels.js'), model !== null);
  return (
    <>
      <Section
        id="compare"
        step={4}
        title="Compare"
        lead="One UNet++ holds four networks of growing depth, L1 to L4, and their mean. See what each of them makes of one image, how long it takes, and how much of it you need."
      >
        {panels && model && image ? (
          <panels.ComparePanel
            model={model}
            image={image.view}
            slice={image.slice}
            onSlice={(slice) => void showSlice(work, slice)}
            picture={image.picture}
            truth={image.truth}
            heads={heads}
          />
        ) : (
          <Empty>Train a network, or begin with a sample; then its heads stand here side by side.</Empty>
        )}
      </Section>
      <Section
        id="network"
        step={5}
        title="The network"
        lead="The triangle of its nodes X(i,j): which of them a head needs, and what each of them sees in the image."
      >
        {panels && model ? (
          <panels.NetworkPanel
            model={model}
            features={features}
            output={output}
            onOutput={(chosen) => store.set({ output: chosen })}
          />
        ) : (
          <Empty>The nodes light up as soon as there is a network and an image.</Empty>
        )}
      </Section>
    </>
  );
}
