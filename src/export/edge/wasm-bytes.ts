/** The bytes of WebAssembly's binary format: whole numbers as LEB128, lists with their length before them. */

import { joinBytes, varint } from '../../base/bytes.js';

export class WasmReader {
  at = 0;

  constructor(readonly source: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.source.length;
  }

  byte(): number {
    return this.source[this.at++]!;
  }

  bytes(count: number): Uint8Array {
    this.at += count;
    return this.since(this.at - count);
  }

  /** The bytes from a place up to this one. */
  since(from: number): Uint8Array {
    return this.source.subarray(from, this.at);
  }

  /** An unsigned number: seven bits a byte, the lowest first; the highest bit says that more follow. */
  u32(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** A list of what `read` reads. */
  vector<T>(read: (reader: WasmReader, k: number) => T): T[] {
    return Array.from({ length: this.u32() }, (_, k) => read(this, k));
  }
}

/** A name of ASCII characters. */
export function text(value: string): Uint8Array<ArrayBuffer> {
  return joinBytes([varint(value.length), Uint8Array.from(value, (character) => character.charCodeAt(0))]);
}

export function vector<B extends ArrayBufferLike>(entries: readonly Uint8Array<B>[]): Uint8Array<B | ArrayBuffer> {
  return joinBytes<B | ArrayBuffer>([varint(entries.length), ...entries]);
}
