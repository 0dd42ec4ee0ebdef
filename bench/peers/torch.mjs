/** PyTorch in its better layout (torch_peer.py) against ours, each in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const call = promisify(execFile);
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const OURS = pathOf('../../dist/bench/index.js');
const PEER = pathOf('torch_peer.py');

/** What torch_peer.py knows. */
const SIZE = 128;
const LEVELS = 5;
const BATCH = 8;

/** The version of PyTorch, or undefined where there is none. */
export async function torchVersion() {
  try {
    return (await call('python3', ['-c', 'import torch; print(torch.__version__)'])).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Whether torch_peer.py has this network. */
export function knowsTorch({ filters, size }) {
  return size === SIZE && filters.length === LEVELS && filters.every((width, k) => width === filters[0] * 2 ** k);
}

/** One run of ours and one of PyTorch: milliseconds an image. */
export async function compareTorch({ filters, size, threads }) {
  const options = ['--filters', filters, '--size', size, '--threads', threads, '--batch', BATCH].map(String);
  const ours = await lastObject(process.execPath, [OURS, '--network', '--json', ...options]);
  const torch = await lastObject('python3', [PEER, threads, filters[0]].map(String));
  return {
    infer: { ours: ours.inferMs, peer: torch.infer_ms },
    train: { ours: ours.trainMsPerImage, peer: torch.train_ms_per_image },
  };
}

async function lastObject(command, args) {
  const { stdout } = await call(command, args);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}
