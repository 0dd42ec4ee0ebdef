/** PyTorch in its better layout (torch_peer.py), in float32 and with autocast to bfloat16, against ours, each in a process of its own. */
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

/** What is compared: ours is always float32. */
const ROWS = {
  'forward, float32': (ours, torch) => ({ ours: ours.inferMs, peer: torch.infer_float32 }),
  'training, float32': (ours, torch) => ({ ours: ours.trainMsPerImage, peer: torch.train_float32 }),
  'forward, bfloat16': (ours, torch) => ({ ours: ours.inferMs, peer: torch.infer_bfloat16 }),
  'training, bfloat16': (ours, torch) => ({ ours: ours.trainMsPerImage, peer: torch.train_bfloat16 }),
};

/**
 * glibc keeps what is freed. By default it gives large blocks back at once, and on virtual machines, where new memory is
 * dear, PyTorch then takes up to twice as long to train.
 */
const KEEP_MEMORY = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '100000000000' };

/** One run of ours and one of PyTorch: milliseconds an image, by what is compared. */
export async function compareTorch({ filters, size, threads }) {
  const ours = await timeOurs({ filters, size, threads });
  const torch = await lastObject('python3', [PEER, threads, filters[0]].map(String), KEEP_MEMORY);
  return Object.fromEntries(Object.entries(ROWS).map(([name, row]) => [name, row(ours, torch)]));
}

/** One run of ours in a process of its own, as `bench --network --json` prints it. */
export async function timeOurs({ filters, size, threads }) {
  const options = ['--filters', filters, '--size', size, '--threads', threads, '--batch', BATCH].map(String);
  return lastObject(process.execPath, [OURS, '--network', '--json', ...options]);
}

async function lastObject(command, args, env = {}) {
  const { stdout } = await call(command, args, { env: { ...process.env, ...env } });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}
