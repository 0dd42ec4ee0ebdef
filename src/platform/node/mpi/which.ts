/** Which MPI library this machine has, asked in a process of its own: a library that fails cannot take this one with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../package-files.js';
import { launchOf } from './launch.js';
import { candidates } from './library.js';
import { whereIsKoffi } from './link.js';

/** How long the library may take to say its name. */
const PATIENCE_MS = 20_000;

/** Returns the version of the MPI library and its file; undefined where there is none, or no koffi. */
export async function whichMpi(): Promise<string | undefined> {
  const koffi = whereIsKoffi();
  if (koffi === undefined) return undefined;
  const script = fileURLToPath(packageFile('workers/which-mpi.js'));
  const names = candidates(launchOf()?.by, process.env.UNETPP_MPI);
  const child = spawn(process.execPath, [script, koffi, ...names], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: PATIENCE_MS,
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await once(child, 'close');
  return text.trim() || undefined;
}
