/** Whether a device can compute a step: how much of its memory can be bound at once. */
import { InputError } from '../../base/errors.js';
import { memorySize } from '../../base/quantities.js';
import type { Node } from '../../graph/graph.js';
import { formatShape, sizeOf } from '../../graph/shape.js';
import { FLOAT, LESS } from './buffers.js';

/**
 * @param workspace the elements of the step's workspace, which lie in one buffer
 * @throws InputError where a tensor is larger than a binding, or the workspace than a buffer
 */
export function checkLimits({ op, inputs, outputs }: Node, workspace: number, limits: GPUSupportedLimits): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = limits;
  const refuse = (what: string, elements: number, does: string, most: number) => {
    const [size, largest] = [elements * FLOAT, most].map(memorySize);
    throw new InputError(
      `webgpu: ${op.name} ${what}, ${size}, and this device ${does} at most ${largest} at once; ${LESS}`,
    );
  };
  for (const { shape } of [...inputs, ...outputs]) {
    const length = sizeOf(shape);
    if (length * FLOAT <= maxStorageBufferBindingSize) continue;
    refuse(`works on ${formatShape(shape)}`, length, 'binds', maxStorageBufferBindingSize);
  }
  if (workspace * FLOAT > maxBufferSize) refuse('takes a workspace', workspace, 'allocates', maxBufferSize);
}
