/** Which parts of an address range are taken: the first gap that is large enough is the next to go. Arithmetic alone. */

export interface Span {
  readonly address: number;
  readonly bytes: number;
}

export class FreeList {
  /** Ascending; no gap touches another one or the end. */
  #gaps: readonly Span[] = [];
  #end: number;

  /** @param start everything from here on is free */
  constructor(start: number) {
    this.#end = start;
  }

  /** Everything from here on is free. */
  get end(): number {
    return this.#end;
  }

  /** A list that goes its own way from here. */
  clone(): FreeList {
    const copy = new FreeList(this.#end);
    copy.#gaps = this.#gaps;
    return copy;
  }

  /** The address of `bytes` bytes that were free. */
  take(bytes: number): number {
    const gap = this.#gaps.find((free) => free.bytes >= bytes);
    if (!gap) {
      this.#end += bytes;
      return this.#end - bytes;
    }
    const rest = { address: gap.address + bytes, bytes: gap.bytes - bytes };
    this.#gaps = this.#gaps.flatMap((free) => (free !== gap ? [free] : rest.bytes > 0 ? [rest] : []));
    return gap.address;
  }

  /** Gives back what was taken. */
  release(span: Span): void {
    if (span.bytes === 0) return;
    const sorted = [...this.#gaps, span].sort((a, b) => a.address - b.address);
    const gaps: Span[] = [];
    for (const { address, bytes } of sorted) {
      const last = gaps.at(-1);
      const touches = last !== undefined && last.address + last.bytes === address;
      if (touches) gaps[gaps.length - 1] = { address: last.address, bytes: last.bytes + bytes };
      else gaps.push({ address, bytes });
    }
    const last = gaps.at(-1)!;
    if (last.address + last.bytes === this.#end) {
      this.#end = last.address;
      gaps.pop();
    }
    this.#gaps = gaps;
  }
}
