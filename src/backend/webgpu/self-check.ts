/**
 * The check of a GPU before it is used. Drivers compile the shaders, and some compile a few of them wrongly: then nothing
 * fails, but the numbers are others. Each kind of kernel computes something small that another backend computes as well.
 */
import { InputError } from '../../base/errors.js';
import type { Backend, Values } from '../backend.js';
import { allChecks, isClose, startCheck } from '../checks.js';
import { ReferenceBackend } from '../reference.js';

/** An output of a check: the op that gives it, and its values. */
interface Result {
  readonly check: string;
  readonly op: string;
  readonly values: Values;
}

/**
 * Compares each kind of kernel with another backend. It takes little more than the compilation of these kernels, which
 * `backend` keeps: the checks are begun one upon the other, and waited for together.
 * @param reference a backend that computes on the processor. Default: the reference, in float32
 * @throws InputError where a result is further off than rounding explains: it names the op and the GPU
 */
export async function checkWebGpu(backend: Backend, reference: Backend = new ReferenceBackend()): Promise<void> {
  const [found, expected] = await Promise.all([backend, reference].map(resultsOf));
  const wrong = found!.find(({ values }, k) => !isClose(values, expected![k]!.values));
  if (!wrong) return;
  throw new InputError(
    `${backend.name}: ${wrong.op} gives wrong numbers on this GPU (${wrong.check}); take the wasm backend, and report what \`unetpp selftest --backend webgpu\` prints`,
  );
}

function resultsOf(backend: Backend): Promise<Result[]> {
  const results = allChecks.flatMap((check) => {
    const { program, outputs } = startCheck(backend, check);
    const reads = outputs.map(async (output) => {
      return { check, op: output.node.op.name, values: await program.read(output) };
    });
    program.free();
    return reads;
  });
  return Promise.all(results);
}
