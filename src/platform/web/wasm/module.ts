/** Compiles the kernels as they arrive from the server. */
import { InputError } from '../../../base/errors.js';

/** The type by which browsers compile what they are still receiving. */
const WASM = 'application/wasm';

/**
 * Loads and compiles a build of the kernels.
 * @throws InputError where it is not there, or is no WebAssembly
 */
export async function compileKernels(url: string | URL): Promise<WebAssembly.Module> {
  const response = await fetch(url).catch((error: Error) => {
    throw notThere(url, `is not to be had (${error.message})`);
  });
  if (!response.ok) throw notThere(url, `is not there (${response.status})`);
  try {
    const streams = response.headers.get('content-type')?.startsWith(WASM);
    if (streams) return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw notThere(url, `cannot be compiled (${(error as Error).message})`);
  }
}

function notThere(url: string | URL, what: string): InputError {
  return new InputError(
    `${url}: the file of kernels ${what}; serve the files of unetpp/dist/wasm with the page, or say in \`urls\` where they are`,
  );
}
