/** Modules of WebAssembly put together of the bytes of their instructions. */
import { joinBytes, varint } from '../../../src/base/bytes.js';
import { text, vector } from '../../../src/export/edge/wasm-bytes.js';

export interface SmallFunction {
  readonly name: string;
  /** The codes of the types of parameters, locals and the result: 127 i32, 125 f32, 123 v128. */
  readonly params: readonly number[];
  readonly locals?: readonly number[];
  readonly result?: number;
  /** The instructions, without the last `end`. */
  readonly code: readonly number[];
}

/** A module that exports its functions, and a memory of one page. */
export function smallModule(functions: readonly SmallFunction[]): Uint8Array<ArrayBuffer> {
  const section = (number: number, entries: readonly Uint8Array<ArrayBuffer>[]) => {
    const content = vector(entries);
    return joinBytes([Uint8Array.of(number), varint(content.length), content]);
  };
  const types = functions.map(({ params, result }) =>
    Uint8Array.of(0x60, params.length, ...params, ...(result === undefined ? [0] : [1, result])),
  );
  const bodies = functions.map(({ locals = [], code }) => {
    const body = Uint8Array.of(locals.length, ...locals.flatMap((type) => [1, type]), ...code, 0x0b);
    return joinBytes([varint(body.length), body]);
  });
  return joinBytes([
    Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00),
    section(1, types),
    section(
      3,
      functions.map((_, k) => varint(k)),
    ),
    section(5, [Uint8Array.of(1, 1, 1)]),
    section(7, [
      joinBytes([text('memory'), Uint8Array.of(2, 0)]),
      ...functions.map(({ name }, k) => joinBytes([text(name), Uint8Array.of(0), varint(k)])),
    ]),
    section(10, bodies),
  ]);
}
