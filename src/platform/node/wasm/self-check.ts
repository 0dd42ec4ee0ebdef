/** Whether two builds of the kernels give the same bits, and whether a build agrees with the reference. */
import type { Backend } from '../../../backend/backend.js';
import { innerLoops, isClose, startCheck } from '../../../backend/checks.js';
import { ReferenceBackend } from '../../../backend/reference.js';
import type { WasmBackend } from '../../../backend/wasm/backend.js';

/** The name of the first check whose bits differ, or undefined. */
export function selfCheck(a: WasmBackend, b: WasmBackend): string | undefined {
  return innerLoops.find((name) => bits(a, name) !== bits(b, name));
}

/** The name of the first check in which a backend is further from the reference than rounding explains, or undefined. */
export async function compareWithReference(backend: Backend): Promise<string | undefined> {
  const reference = new ReferenceBackend();
  for (const name of innerLoops) {
    const [found, expected] = await Promise.all([backend, reference].map((each) => outputs(each, name)));
    if (found!.some((values, k) => !isClose(values, expected![k]!))) return name;
  }
  return undefined;
}

/** Returns all outputs of a check as text, bit by bit. It is synchronous, as a build is chosen before any waiting. */
function bits(backend: WasmBackend, name: string): string {
  const { program, outputs } = startCheck(backend, name);
  return outputs.map((output) => String(new Uint32Array(program.readSync(output).buffer))).join(';');
}

function outputs(backend: Backend, name: string): Promise<ArrayLike<number>[]> {
  const { program, outputs } = startCheck(backend, name);
  return Promise.all(outputs.map((output) => program.read(output)));
}
