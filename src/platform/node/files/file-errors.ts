/** The errors of file operations, in words. */
import { InputError } from '../../../base/errors.js';

/** What the operating system's error codes mean, and what the user can do. */
const IN_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; change the permissions or choose another place',
  EPERM: 'the operation is not permitted; change the permissions or choose another place',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'the disk is full; free some space or choose another place',
  EDQUOT: 'the disk quota is used up; free some space or choose another place',
  EFBIG: 'the file is larger than the system allows; raise the limit (ulimit -f) or choose another place',
  EISDIR: 'it is a folder, expected a file; give the name of a file',
  EEXIST: 'it is a file, expected a folder; choose another name',
  ENOTEMPTY: 'it is a folder that is not empty; choose another name',
  ENOTDIR: 'a part of the path is a file, expected a folder; correct the path',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  EMFILE: 'too many files are open; close some or raise the limit (ulimit -n)',
  EIO: 'the device reported an error; check the disk or choose another place',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than 2 GiB; split it',
};

/**
 * The error of a file operation as one line: `PATH: cannot be written: the disk is full; … (ENOSPC)`. `missing` is what
 * ENOENT means in the operation at hand.
 */
export function fileError(path: string, operation: 'read' | 'written' | 'created', error: unknown, missing: string) {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? missing : (IN_WORDS[code ?? ''] ?? message);
  return new InputError(`${path}: cannot be ${operation}: ${reason}${code ? ` (${code})` : ''}`, { cause: error });
}
