/** Finds the calls in a function's body: instruction by instruction, as the operands of one must be known to find the next. */
import { invariant } from '../../base/errors.js';
import { WasmReader } from './wasm-bytes.js';

/** A call: where in the body the number of the function stands. */
export interface CallSite {
  readonly from: number;
  readonly to: number;
  readonly callee: number;
}

const CALL = 0x10;
const NUMERIC_PREFIX = 0xfc;
const SIMD_PREFIX = 0xfd;

type Skip = (reader: WasmReader) => void;

const none: Skip = () => {};
/** Bytes that are no LEB128: lanes, constants of floats. */
const bytes =
  (count: number): Skip =>
  (reader) =>
    reader.bytes(count);
/** LEB128 numbers, signed or not: where one ends does not depend on its sign. */
const numbers =
  (count: number): Skip =>
  (reader) => {
    for (let k = 0; k < count; k++) while (reader.byte() > 127);
  };
/** The alignment and the offset of a load or store. */
const address = numbers(2);
/** The same of one lane. */
const lane: Skip = (reader) => {
  address(reader);
  bytes(1)(reader);
};

/** The operands of instructions from one code to another, both included. Block types are one number here. */
type Ranges = readonly (readonly [first: number, last: number, skip: Skip])[];

const PLAIN: Ranges = [
  [0x00, 0x01, none], // unreachable, nop
  [0x02, 0x04, numbers(1)], // block, loop, if: their types
  [0x05, 0x05, none], // else
  [0x0b, 0x0b, none], // end
  [0x0c, 0x0d, numbers(1)], // br, br_if
  [0x0e, 0x0e, (reader) => numbers(reader.u32() + 1)(reader)], // br_table
  [0x0f, 0x0f, none], // return
  [0x1a, 0x1b, none], // drop, select
  [0x20, 0x24, numbers(1)], // locals, globals
  [0x28, 0x3e, address], // loads, stores
  [0x3f, 0x40, numbers(1)], // memory.size, memory.grow
  [0x41, 0x42, numbers(1)], // i32.const, i64.const
  [0x43, 0x43, bytes(4)], // f32.const
  [0x44, 0x44, bytes(8)], // f64.const
  [0x45, 0xc4, none], // arithmetic, conversions
];

const NUMERIC: Ranges = [
  [0, 7, none], // saturating conversions
  [10, 10, numbers(2)], // memory.copy
  [11, 11, numbers(1)], // memory.fill
];

/** SIMD without its relaxed instructions. */
const SIMD: Ranges = [
  [0, 11, address], // loads, splatted and extended too, and v128.store
  [12, 13, bytes(16)], // v128.const, i8x16.shuffle
  [14, 20, none], // swizzle, splats
  [21, 34, bytes(1)], // lanes extracted and replaced
  [35, 83, none], // comparisons, logic
  [84, 91, lane], // loads and stores of a lane
  [92, 93, address], // loads that fill up with zeros
  [94, 255, none], // arithmetic, conversions
];

/** The calls in a body: its locals, then its instructions. */
export function callsOf(body: Uint8Array): CallSite[] {
  const reader = new WasmReader(body);
  reader.vector(() => [reader.u32(), reader.byte()]);
  const calls: CallSite[] = [];
  while (!reader.done) {
    const code = reader.byte();
    if (code === CALL) {
      const from = reader.at;
      const callee = reader.u32();
      calls.push({ from, to: reader.at, callee });
    } else if (code === NUMERIC_PREFIX) skipOperands(NUMERIC, reader.u32(), reader);
    else if (code === SIMD_PREFIX) skipOperands(SIMD, reader.u32(), reader);
    else skipOperands(PLAIN, code, reader);
  }
  return calls;
}

function skipOperands(ranges: Ranges, code: number, reader: WasmReader): void {
  const range = ranges.find(([first, last]) => code >= first && code <= last);
  invariant(range, `the kernels have an instruction ${code} that is not known here`);
  range[2](reader);
}
