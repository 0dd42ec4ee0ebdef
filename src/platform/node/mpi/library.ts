/**
 * The MPI library of the system, called by koffi. Implementations differ in what their handles are, and in nothing else
 * that is used here: Open MPI has addresses of its symbols, MPICH and its relatives numbers, the ABI of MPI 5 small
 * addresses. The library must be that of the launcher; `UNETPP_MPI` names another file.
 */
import type { Launch } from './launch.js';

/** What MPI is used for: messages of bytes that are sent and received while other work is done. */
export interface Mpi {
  /** The name of the library, and what it says of its version. */
  readonly name: string;
  readonly rank: number;
  readonly size: number;
  /** Makes an array of that many requests. */
  requests(count: number): Requests;
  send(bytes: Uint8Array, to: number, tag: number, request: Requests): void;
  receive(bytes: Uint8Array, from: number, tag: number, request: Requests): void;
  /** Says which of the first `count` requests are done since the last call. */
  test(count: number, requests: Requests): readonly number[];
  abort(exitCode: number): void;
  finalize(): void;
}

/** Handles of requests, as wide as those of the library. */
export type Requests = BigUint64Array | Uint32Array;

type Koffi = typeof import('koffi')['default'];

/** What handles are: values of the type in C, or symbols whose addresses they are. */
interface Handles {
  readonly type: 'void *' | 'int';
  readonly world: number | string;
  readonly byte: number | string;
}

const OPEN_MPI: Handles = { type: 'void *', world: 'ompi_mpi_comm_world', byte: 'ompi_mpi_byte' };
const MPICH: Handles = { type: 'int', world: 0x44000000, byte: 0x4c00010d };
/** Those of the MPI 5.0 standard, chapter 20. */
const ABI: Handles = { type: 'void *', world: 0x101, byte: 0x247 };

/** The names of libraries, in the order in which they are tried. */
const NAMES = {
  openMpi: ['libmpi.so.40', 'libmpi.so.80', 'libmpi.so', 'libmpi.40.dylib', 'libmpi.dylib'],
  mpich: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi.so', 'libmpi.12.dylib', 'libmpi.dylib'],
  abi: ['libmpi_abi.so.0', 'libmpi_abi.so.1', 'libmpi_abi.so', 'libmpi_abi.dylib'],
};

/** RTLD_LAZY or RTLD_GLOBAL, so that the library's plug-ins find it, and RTLD_NODELETE, without which it fails at the exit. */
const DLOPEN = process.platform === 'darwin' ? 0x1 | 0x8 | 0x80 : 0x1 | 0x100 | 0x1000;
/** The default stacks of calls are too small for MPICH. */
const STACKS = {
  sync_stack_size: 8 << 20,
  sync_heap_size: 4 << 20,
  async_stack_size: 4 << 20,
  async_heap_size: 2 << 20,
};
/** Room for the status of a request in any library. */
const STATUS = 64;

/** The candidates for the library of a launcher, best first; `named` is the value of UNETPP_MPI. */
export function candidates(by: Launch['by'] | undefined, named: string | undefined): string[] {
  if (named) return [named];
  const order = by === 'PMI' ? [NAMES.mpich, NAMES.abi, NAMES.openMpi] : [NAMES.openMpi, NAMES.mpich, NAMES.abi];
  return [...new Set(order.flat())];
}

/** A library that was found and loaded, before it is started. */
export interface Found {
  readonly path: string;
  readonly handles: Handles;
  readonly version: string;
}

/** Finds the first of the libraries that can be loaded, and says what it is; undefined where there is none. */
export function findMpi(koffi: Koffi, names: readonly string[]): Found | undefined {
  koffi.config(STACKS);
  const { dlopen, dlsym } = linker(koffi);
  for (const path of names) {
    const handle = dlopen(path, DLOPEN);
    if (!handle || !dlsym(handle, 'MPI_Init_thread')) continue;
    const isOpenMpi = dlsym(handle, 'ompi_mpi_comm_world');
    const handles = isOpenMpi ? OPEN_MPI : /mpi_abi/.test(path) ? ABI : MPICH;
    const library = koffi.load(path, { global: true });
    const text = Buffer.alloc(8192);
    library.func('int MPI_Get_library_version(void *, _Out_ int *)')(text, [0]);
    const [version = ''] = text.toString('latin1').split('\0');
    return { path, handles, version: shortVersion(version) };
  }
  return undefined;
}

/** Starts the library. The thread that calls this is the only one that may call it. */
export function startMpi(koffi: Koffi, { path, handles, version }: Found): Mpi {
  const { dlopen, dlsym } = linker(koffi);
  const library = koffi.load(path, { global: true });
  const image = dlopen(path, DLOPEN);
  const handleOf = (value: number | string) => (typeof value === 'string' ? dlsym(image, value) : value);
  const { type } = handles;
  const [world, byte] = [handleOf(handles.world), handleOf(handles.byte)];
  const call = (name: string, parameters: string) => {
    const func = library.func(`int ${name}(${parameters})`);
    return (...values: unknown[]): void => {
      const code = func(...values);
      if (code !== 0) throw new Error(`${name} of ${version} failed with code ${code}`);
    };
  };
  const number = (ask: (...values: unknown[]) => void): number => {
    const out = [0];
    ask(world, out);
    return out[0]!;
  };
  call('MPI_Init_thread', 'void *, void *, int, _Out_ int *')(null, null, 1, [0]);
  const message = `void *, int, ${type}, int, int, ${type}, void *`;
  const isend = call('MPI_Isend', message);
  const irecv = call('MPI_Irecv', message);
  const testsome = call('MPI_Testsome', 'int, void *, void *, void *, void *');
  const count = new Int32Array(1);
  let indices = new Int32Array(0);
  let statuses = new Uint8Array(0);
  return {
    name: version,
    rank: number(call('MPI_Comm_rank', `${type}, _Out_ int *`)),
    size: number(call('MPI_Comm_size', `${type}, _Out_ int *`)),
    requests: (length) => (type === 'int' ? new Uint32Array(length) : new BigUint64Array(length)),
    send: (bytes, to, tag, request) => isend(bytes, bytes.length, byte, to, tag, world, request),
    receive: (bytes, from, tag, request) => irecv(bytes, bytes.length, byte, from, tag, world, request),
    test(length, requests) {
      if (indices.length < length) {
        indices = new Int32Array(length);
        statuses = new Uint8Array(STATUS * length);
      }
      testsome(length, requests, count, indices, statuses);
      return [...indices.subarray(0, Math.max(0, count[0]!))];
    },
    abort: call('MPI_Abort', `${type}, int`).bind(null, world),
    finalize: call('MPI_Finalize', ''),
  };
}

function linker(koffi: Koffi) {
  const system = koffi.load(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6');
  return {
    dlopen: system.func('void *dlopen(const char *, int)'),
    dlsym: system.func('void *dlsym(void *, const char *)'),
  };
}

/** `Open MPI v4.1.4`, `MPICH Version: 4.0.2`: the beginning of what libraries say of themselves. */
function shortVersion(text: string): string {
  const [line = ''] = text.split(/[,\n]/);
  return line
    .replace(/Version:\s*/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
