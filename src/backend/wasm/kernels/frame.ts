/**
 * Frames: structs of 32-bit words that the host writes at the start of a workspace and a kernel of many parameters reads
 * there. frames.test.ts holds each against its class in assembly, field by field.
 */

/** Takes note of frames instead of holding them, as a recorder of calls does. */
export interface FrameSink {
  /** @param words what would be written at the address */
  takeFrame(address: number, words: readonly number[]): void;
}

/** A struct, declared as its class in assembly is; its tensors follow as pairs of address and channels. */
export class FrameLayout<Field extends string> {
  /** @param name the class in assembly */
  constructor(
    readonly name: string,
    readonly fields: readonly Field[],
  ) {}

  /** Words of a frame that is followed by so many tensors. */
  words(tensors: number): number {
    return this.fields.length + 2 * tensors;
  }

  /**
   * Writes a frame at an address.
   * @param tensors the address of each tensor
   * @param channels the channels of each tensor
   */
  write(
    memory: WebAssembly.Memory | FrameSink,
    address: number,
    values: Readonly<Record<Field, number>>,
    tensors: readonly number[] = [],
    channels: readonly number[] = [],
  ): void {
    const pairs = channels.flatMap((count, k) => [tensors[k]!, count]);
    const words = [...this.fields.map((field) => values[field]), ...pairs];
    if ('takeFrame' in memory) memory.takeFrame(address, words);
    else new Uint32Array(memory.buffer, address, words.length).set(words);
  }
}

/** Offsets, in elements and 64-byte steps, of consecutive buffers of the given lengths; the last one is the total. */
export function offsetsOf(...lengths: readonly number[]): number[] {
  const offsets = [0];
  for (const length of lengths) offsets.push(offsets.at(-1)! + Math.ceil(length / 16) * 16);
  return offsets;
}

/** The addresses of the buffers of these lengths that follow a frame of so many words at `workspace`. */
export function buffersBehind(words: number, lengths: readonly number[], workspace: number): number[] {
  return offsetsOf(words, ...lengths)
    .slice(1, -1)
    .map((offset) => workspace + 4 * offset);
}

/** Elements of a workspace with a frame of so many words and buffers of these lengths. */
export function workspaceLength(words: number, lengths: readonly number[]): number {
  return offsetsOf(words, ...lengths).at(-1)!;
}
