/** A page that shows the panels with given values, so that each can be looked at and driven without an engine. */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { ComputerPanel } from '../../../site/app/computer/computer-panel.js';
import type { WantedEngine } from '../../../site/app/computer/computing.js';
import { CorrectPanel } from '../../../site/app/correct/correct-panel.js';
import { LookPanel } from '../../../site/app/look/look-panel.js';
import { OpenPanel } from '../../../site/app/open/open-panel.js';
import { Segment } from '../../../site/app/open/segment.js';
import { TakeHomePanel } from '../../../site/app/take-home/take-home-panel.js';
import type { ExportedFile } from '../../../site/engine/protocol.js';
import type { Image } from '../../../src/image/image.js';
import { correctable, data, facts, model, names, plain, samplesIn, segmented, storage, thumbnail } from './pictures.js';

/** What is shown; a test gives what differs from what is there at first. */
export interface Shown {
  readonly reading: Parameters<typeof OpenPanel>[0]['reading'];
  readonly error: string | null;
  /** How many images there are to segment. */
  readonly images: number;
  readonly subject: 'none' | 'plain' | 'two classes';
  readonly kept: number;
  /** What the next export, correction or deletion fails with. */
  readonly fault: string | null;
  readonly clean: boolean;
  readonly hasWebGpu: boolean;
}

/** What a test reads and does on the page beside what a person can. */
export interface Gallery {
  show(shown: Partial<Shown>): void;
  /** The names of the callbacks that were called, with what they were given. */
  readonly called: unknown[][];
  /** The labels of the mask that was kept last. */
  kept: number[];
}

const first: Shown = {
  reading: null,
  error: null,
  images: 24,
  subject: 'two classes',
  kept: 2,
  fault: null,
  clean: false,
  hasWebGpu: true,
};

let shown = first;
const gallery: Gallery = {
  called: [],
  kept: [],
  show(change) {
    shown = { ...shown, ...change };
    render(<Panels {...shown} />, document.getElementById('gallery')!);
  },
};
Object.assign(globalThis, { gallery });

const samples = samplesIn(document);

function Panels({ reading, error, images, subject, kept, fault, clean, hasWebGpu }: Shown) {
  const [chosen, setChosen] = useState<string | null>(segmented.name);
  const [wanted, setWanted] = useState<WantedEngine>({ backend: 'wasm', threads: 'auto' });
  const call =
    (name: string) =>
    (...values: unknown[]) =>
      void gallery.called.push([name, ...values]);
  const answer = async <T,>(name: string, value: T): Promise<T> => {
    call(name)();
    if (fault) throw new Error(fault);
    return value;
  };
  return (
    <main>
      <OpenPanel
        reading={reading}
        opened={reading || error ? null : 'my-scans: 48 images with masks'}
        error={error}
        samples={samples}
        onFiles={(name, files) =>
          call('files')(
            name,
            files.map(({ path, file }) => `${path}: ${file.size}`),
          )
        }
        onPhantom={call('phantom')}
        onSample={call('sample')}
      >
        {images > 0 && (
          <Segment
            images={names(images)}
            refused={['scan.txt: no image that unetpp reads']}
            chosen={chosen}
            thumbnail={thumbnail}
            onChoose={(name) => {
              call('choose')(name);
              setChosen(name);
            }}
            computing={null}
            result={segmented}
            error={null}
          />
        )}
      </OpenPanel>
      <LookPanel
        data={clean ? { ...data, check: { ...data.check, faults: [], remarks: [], skipped: [] } } : data}
        thumbnail={thumbnail}
        chosen={null}
        onChoose={call('look')}
      />
      <CorrectPanel
        subject={subject === 'none' ? null : subject === 'plain' ? plain : correctable}
        kept={kept}
        busy={false}
        onKeep={(mask: Image<Uint8Array>) => {
          gallery.kept = [...mask.data];
          return answer('keep', undefined);
        }}
        onTrain={call('train')}
      />
      <TakeHomePanel
        model={model}
        images={images}
        onExportModel={(format) => answer(`export ${format}`, exported(format))}
        onExportMasks={async (onProgress) => {
          onProgress({ phase: 'predict', done: 1, total: images });
          return answer('masks', { files: [file('masks.zip', 1900)], refused: [] });
        }}
      />
      <ComputerPanel
        facts={{ ...facts, ...(wanted.backend === 'webgpu' && { computing: 'WebGPU', adapter: 'Google SwiftShader' }) }}
        wanted={wanted}
        cores={4}
        hasWebGpu={hasWebGpu}
        busy={false}
        error={null}
        onStart={(next) => {
          call('start')(next);
          setWanted(next);
        }}
        onDiagnostics={() => answer('diagnostics', 'unetpp 0.1.0\nChromium 140\nWebAssembly, 2 threads')}
        storage={clean ? { ...storage, data: [], runs: [] } : storage}
        onForget={(name) => answer(`forget ${name}`, undefined)}
      />
    </main>
  );
}

function exported(format: string): ExportedFile[] {
  if (format === 'edge') return [file('run.mjs', 300), file('weights.bin', 5000)];
  return [file(format === 'onnx' ? 'model.onnx' : 'model.safetensors', 2_298_608)];
}

function file(path: string, bytes: number): ExportedFile {
  return { path, bytes: new Uint8Array(bytes).fill(7) };
}

gallery.show({});
