/** Checkpoints whose every part tells the same number, so that one that is mixed up is seen. */
import * as assert from 'uvu/assert';
import type { Checkpoint } from '../../../src/train/checkpoint/checkpoint.js';

const NAMES = ['trainable', 'optimizer/m', 'optimizer/v'];

/** Checkpoint `n`, with tensors of `length` elements. */
export function checkpointOf(n: number, length = 3): Checkpoint {
  return {
    state: { step: n, schedule: { rate: n / 7 } },
    tensors: new Map(NAMES.map((name, k) => [name, new Float32Array(length).fill(n + k / 4)])),
  };
}

/** The number of a checkpoint; asserts that all of it is that one's. */
export function numberOf(checkpoint: Checkpoint | undefined, length = 3): number {
  assert.ok(checkpoint, 'there is a checkpoint');
  const n = checkpoint.state.step as number;
  const whole = checkpointOf(n, length);
  assert.equal(checkpoint.state, whole.state);
  assert.equal([...checkpoint.tensors.keys()], NAMES);
  for (const [name, data] of whole.tensors) assert.ok(Buffer.from(data.buffer).equals(bytesOf(checkpoint, name)), name);
  return n;
}

function bytesOf({ tensors }: Checkpoint, name: string): Buffer {
  const { buffer, byteOffset, byteLength } = tensors.get(name)!;
  return Buffer.from(buffer, byteOffset, byteLength);
}
