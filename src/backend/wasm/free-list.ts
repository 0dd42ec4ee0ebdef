/** A first-fit allocator of address ranges: arithmetic alone, without memory. */

export interface Span {
  readonly address: number;
  readonly bytes: number;
}

export class FreeList {
  /** The gaps in ascending order; none touches another one or the end. */
  #gaps: readonly Span[] = [];
  #end: number;

  /** @param start everything from here on is free */
  constructor(start: number) {
    this.#end = start;
  }

  /** The address from which everything is free. */
  get end(): number {
    return this.#end;
  }

  /** Returns an independent copy. */
  clone(): FreeList {
    const copy = new FreeList(this.#end);
    copy.#gaps = this.#gaps;
    return copy;
  }

  /** Takes `bytes` free bytes, and returns their address. */
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
