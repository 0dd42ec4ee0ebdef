/** The bytes of WebAssembly's binary format: whole numbers as LEB128, lists with their length before them. */

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

/** An unsigned number as LEB128. */
export function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.of(...bytes, value);
}

/** A name of ASCII characters. */
export function text(value: string): Uint8Array {
  return concat([leb(value.length), Uint8Array.from(value, (character) => character.charCodeAt(0))]);
}

export function vector(entries: readonly Uint8Array[]): Uint8Array {
  return concat([leb(entries.length), ...entries]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
