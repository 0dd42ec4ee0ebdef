/**
 * The engine: the worker in which the page reads files and computes. Each question of the page has a number, under which it
 * is answered.
 */
import { InputError } from '../../src/base/errors.js';
import { openImage } from '../../src/formats/formats.js';
import type { ByteSource } from '../../src/formats/source.js';
import { reportViolations } from '../privacy/violations.js';
import { bundledModels } from './bundled.js';

/** A file that was dropped or chosen, with its path among the others: `images/a.png`. */
export interface DroppedFile {
  readonly path: string;
  readonly file: File;
}

/** What computes. */
export interface EngineFacts {
  /** In one sentence. */
  readonly computing: string;
  /** Why it is less than this computer could do, where that is so. */
  readonly remark: string | null;
  /** The names of the models that come with the page. */
  readonly models: readonly string[];
}

/** A file that was opened as an image, or what is wrong with it. */
export interface Looked {
  readonly path: string;
  /** `PNG, 512 x 512, 3 channels, 1 slice`; null where it is refused. */
  readonly about: string | null;
  readonly error: string | null;
}

/** What the page asks. */
export interface Engine {
  start(): Promise<EngineFacts>;
  look(files: readonly DroppedFile[]): Promise<readonly Looked[]>;
  train(): Promise<never>;
  stop(): Promise<void>;
  /** Deletes all that was stored for the page's work. */
  forget(): Promise<void>;
}

export interface Question {
  readonly id: number;
  readonly name: keyof Engine;
  readonly given: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  /** A line in the library's words. */
  | { readonly id: number; readonly error: string };

const NOT_ISOLATED =
  'One thread: this host does not send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, without which threads may not share memory.';

const engine: Engine = {
  async start() {
    const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1;
    return {
      computing: `WebAssembly, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      remark: crossOriginIsolated ? null : NOT_ISOLATED,
      models: Object.keys(bundledModels),
    };
  },
  look: (files) => Promise.all(files.map(lookAt)),
  train: async () => {
    throw new InputError('This engine reads images and does not train; train with node train.js');
  },
  async stop() {},
  async forget() {
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  },
};

async function lookAt({ path, file }: DroppedFile): Promise<Looked> {
  try {
    const { format, header } = await openImage(sourceOf(path, file));
    const { width, height, channels, slices } = header;
    return { path, about: `${format}, ${width} x ${height}, channels: ${channels}, slices: ${slices}`, error: null };
  } catch (error) {
    return { path, about: null, error: (error as Error).message };
  }
}

function sourceOf(name: string, file: File): ByteSource {
  const read = async (offset: number, length: number) =>
    new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  return { name, size: file.size, read };
}

reportViolations();
self.onmessage = async ({ data: { id, name, given } }: MessageEvent<Question>) => {
  const call = engine[name] as (...values: readonly unknown[]) => Promise<unknown>;
  try {
    self.postMessage({ id, value: await call(...given) } satisfies Answer);
  } catch (error) {
    self.postMessage({ id, error: (error as Error).message } satisfies Answer);
  }
};
