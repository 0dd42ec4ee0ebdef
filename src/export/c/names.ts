/** How types and functions of WebAssembly are called in C. */
import type { WasmModule } from './module.js';

export const cTypes = { i32: 'int32_t', i64: 'int64_t', f32: 'float', f64: 'double', v128: 'v128' } as const;

/** The name of a function in C. */
export function functionName({ names }: WasmModule, index: number): string {
  const exported = names.get(index);
  return exported === undefined ? `part_${index}` : `kernel_${exported}`;
}
