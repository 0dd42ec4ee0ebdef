/** What can be taken home, and what it is good for. */
import type { ExportedFile } from '../../engine/protocol.js';

/** A file to be saved. */
export interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface ModelExport {
  readonly format: 'safetensors' | 'onnx' | 'edge';
  readonly title: string;
  readonly use: string;
  /** How it is opened elsewhere: commands, or a few lines of a program. */
  readonly how: string;
}

export const modelExports: readonly ModelExport[] = [
  {
    format: 'safetensors',
    title: 'model.safetensors',
    use: 'The network and all that describes it: it opens on this page and in Node, with the same weights to the bit.',
    how: 'npx unetpp predict --model model.safetensors --input images --out masks',
  },
  {
    format: 'onnx',
    title: 'ONNX',
    use: 'The network for ONNX Runtime, OpenCV and other programs that run networks of any origin.',
    how: "import { InferenceSession } from 'onnxruntime-node';\nconst session = await InferenceSession.create('network.onnx');",
  },
  {
    format: 'edge',
    title: 'Edge folder',
    use: 'The network with the kernels that it needs and a runner of plain JavaScript, for devices and pages without unetpp.',
    how: 'unzip edge.zip -d edge\nnode edge/run.mjs',
  },
];

/** The type that browsers know a file by, by its ending. */
const TYPES: Readonly<Record<string, string>> = { zip: 'application/zip' };

/** An export as a file to be saved. */
export function savedFile({ path, bytes }: ExportedFile): SavedFile {
  const ending = path.slice(path.lastIndexOf('.') + 1);
  return { name: path, type: TYPES[ending] ?? 'application/octet-stream', bytes };
}
