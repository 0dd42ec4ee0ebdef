/** Prints the version and the file of the MPI library, where there is one: see src/platform/node/mpi/which.ts. */
import { findMpi } from '../src/platform/node/mpi/library.js';

const [url = '', ...names] = process.argv.slice(2);
const { default: koffi } = await import(url);
const found = findMpi(koffi, names);
if (found) console.log(`${found.version} (${found.path})`);
