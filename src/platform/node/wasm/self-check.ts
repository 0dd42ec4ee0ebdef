/** Whether two builds of the kernels give the same bits. */
import { innerLoops, startCheck } from '../../../backend/checks.js';
import type { WasmBackend } from '../../../backend/wasm/backend.js';

/** The name of the first check whose bits differ, or undefined. */
export function selfCheck(a: WasmBackend, b: WasmBackend): string | undefined {
  return innerLoops.find((name) => bits(a, name) !== bits(b, name));
}

/** Returns all outputs of a check as text, bit by bit. It is synchronous, as a build is chosen before any waiting. */
function bits(backend: WasmBackend, name: string): string {
  const { program, outputs } = startCheck(backend, name);
  return outputs.map((output) => String(new Uint32Array(program.readSync(output).buffer))).join(';');
}
