/** What WebAssembly's instructions are in C: those that kernels of a prediction use, and no others. */

/** An instruction that makes a value of values, or reads or writes the memory. */
export interface Operation {
  /** How many values it takes off the stack. */
  readonly operands: number;
  /** The type of what it leaves there, if anything. */
  readonly result?: 'i32' | 'i64' | 'f32' | 'f64' | 'v128';
  /** `$0`, `$1`: its operands; `@` the address of the first with the offset that the instruction has; `#` its lane. */
  readonly text: string;
}

const TYPES = { i: 'i32', l: 'i64', f: 'f32', d: 'f64', v: 'v128' } as const;

/** @param types the operands and the result: `ii:i` */
function operation(types: string, text: string): Operation {
  const [operands = '', result] = types.split(':');
  return { operands: operands.length, ...(result && { result: TYPES[result as keyof typeof TYPES] }), text };
}

/** By their opcode; behind a prefix, by the prefix and what follows: `0xfd00 + 0xe4`. */
export const operations: ReadonlyMap<number, Operation> = new Map([
  // Memory
  [0x28, operation('i:i', 'i32_load(@)')],
  [0x2a, operation('i:f', 'f32_load(@)')],
  [0x2b, operation('i:d', 'f64_load(@)')],
  [0x36, operation('ii', 'i32_store(@, $1)')],
  [0x38, operation('if', 'f32_store(@, $1)')],
  [0x39, operation('id', 'f64_store(@, $1)')],
  [0xfd00, operation('i:v', 'v128_load(@)')],
  [0xfd09, operation('i:v', 'f32x4_splat(f32_load(@))')],
  [0xfd5c, operation('i:v', 'f32x4_make(f32_load(@), 0, 0, 0)')],
  [0xfd56, operation('iv:v', 'f32x4_replace_lane($1, #, f32_load(@))')],
  [0xfd0b, operation('iv', 'v128_store(@, $1)')],
  [0xfd5a, operation('iv', 'f32_store(@, $1[#])')],
  // Integers
  [0x45, operation('i:i', '$0 == 0')],
  [0x46, operation('ii:i', '$0 == $1')],
  [0x47, operation('ii:i', '$0 != $1')],
  [0x48, operation('ii:i', '$0 < $1')],
  [0x49, operation('ii:i', '(uint32_t)$0 < (uint32_t)$1')],
  [0x4a, operation('ii:i', '$0 > $1')],
  [0x4b, operation('ii:i', '(uint32_t)$0 > (uint32_t)$1')],
  [0x4c, operation('ii:i', '$0 <= $1')],
  [0x4d, operation('ii:i', '(uint32_t)$0 <= (uint32_t)$1')],
  [0x4e, operation('ii:i', '$0 >= $1')],
  [0x4f, operation('ii:i', '(uint32_t)$0 >= (uint32_t)$1')],
  [0x6a, operation('ii:i', '$0 + $1')],
  [0x6b, operation('ii:i', '$0 - $1')],
  [0x6c, operation('ii:i', '$0 * $1')],
  [0x6d, operation('ii:i', '$0 / $1')],
  [0x6f, operation('ii:i', '$0 % $1')],
  [0x71, operation('ii:i', '$0 & $1')],
  [0x72, operation('ii:i', '$0 | $1')],
  [0x74, operation('ii:i', 'i32_shl($0, $1)')],
  [0x75, operation('ii:i', '$0 >> $1')],
  [0x7d, operation('ll:l', '$0 - $1')],
  [0x7e, operation('ll:l', '$0 * $1')],
  [0x7f, operation('ll:l', '$0 / $1')],
  [0x81, operation('ll:l', '$0 % $1')],
  [0x86, operation('ll:l', 'i64_shl($0, $1)')],
  [0xa7, operation('l:i', '(int32_t)$0')],
  [0xac, operation('i:l', '(int64_t)$0')],
  // Numbers
  [0x92, operation('ff:f', '$0 + $1')],
  [0x93, operation('ff:f', '$0 - $1')],
  [0x94, operation('ff:f', '$0 * $1')],
  [0x95, operation('ff:f', '$0 / $1')],
  [0x9f, operation('d:d', 'sqrt($0)')],
  [0xa0, operation('dd:d', '$0 + $1')],
  [0xa1, operation('dd:d', '$0 - $1')],
  [0xa2, operation('dd:d', '$0 * $1')],
  [0xa3, operation('dd:d', '$0 / $1')],
  [0xb6, operation('d:f', '(float)$0')],
  [0xb7, operation('i:d', '(double)$0')],
  [0xb9, operation('l:d', '(double)$0')],
  [0xbb, operation('f:d', '(double)$0')],
  // Vectors
  [0xfd13, operation('f:v', 'f32x4_splat($0)')],
  [0xfd43, operation('vv:v', '(v128)($0 < $1)')],
  [0xfd4f, operation('vv:v', 'v128_andnot($0, $1)')],
  [0xfd50, operation('vv:v', 'v128_or($0, $1)')],
  [0xfd5f, operation('v:v', 'f64x2_promote_low_f32x4($0)')],
  [0xfd6a, operation('v:v', 'f32x4_nearest($0)')],
  [0xfdab, operation('vi:v', 'i32x4_shl($0, $1)')],
  [0xfdae, operation('vv:v', 'i32x4_add($0, $1)')],
  [0xfde1, operation('v:v', '-$0')],
  [0xfde4, operation('vv:v', '$0 + $1')],
  [0xfde5, operation('vv:v', '$0 - $1')],
  [0xfde6, operation('vv:v', '$0 * $1')],
  [0xfde7, operation('vv:v', '$0 / $1')],
  [0xfdea, operation('vv:v', 'f32x4_pmin($0, $1)')],
  [0xfdeb, operation('vv:v', 'f32x4_pmax($0, $1)')],
  [0xfdf0, operation('vv:v', 'f64x2_add($0, $1)')],
  [0xfdf8, operation('v:v', 'i32x4_trunc_sat_f32x4_s($0)')],
]);
