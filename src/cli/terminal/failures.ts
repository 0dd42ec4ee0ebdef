/** Errors of Node and its engine for the limits of the machine, in words and with advice. */
import { InputError } from '../../base/errors.js';

const OUT_OF_MEMORY = /could not allocate memory|allocation failed|out of memory|unable to grow/i;

/** Replaces errors that name neither a file nor what to do; all others stay as they are. */
export function inWords(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const { code = '', syscall, path, message } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd') {
    return new InputError('the current folder was deleted; change to another one (cd) and start again');
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    const limit = 'too many files are open; close some or raise the limit (ulimit -n)';
    return new InputError(`${path ?? 'a file'}: cannot be opened: ${limit} (${code})`);
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return new InputError(`${message}: the installation is incomplete; install unetpp again`);
  }
  if (['ENOMEM', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_WORKER_INIT_FAILED'].includes(code) || OUT_OF_MEMORY.test(message)) {
    const less =
      'take smaller images or batches and fewer threads (--threads, --workers), or raise the limit (ulimit -v)';
    return new InputError(`out of memory: ${message}; ${less}`);
  }
  return error;
}
