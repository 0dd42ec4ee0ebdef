/** Whether a backend agrees with the reference. */
import type { Backend } from './backend.js';
import { innerLoops, isClose, startCheck } from './checks.js';
import { ReferenceBackend } from './reference.js';

/** The name of the first check in which a backend is further from the reference than rounding explains, or undefined. */
export async function compareWithReference(backend: Backend): Promise<string | undefined> {
  const reference = new ReferenceBackend();
  for (const name of innerLoops) {
    const [found, expected] = await Promise.all([backend, reference].map((each) => outputs(each, name)));
    if (found!.some((values, k) => !isClose(values, expected![k]!))) return name;
  }
  return undefined;
}

function outputs(backend: Backend, name: string): Promise<ArrayLike<number>[]> {
  const { program, outputs } = startCheck(backend, name);
  return Promise.all(outputs.map((output) => program.read(output)));
}
