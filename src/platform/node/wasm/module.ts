/**
 * Compiles the kernels for this Node. V8 from Node 24 on can fuse pairs of vectors into 256 bits
 * (`--experimental-wasm-revectorize`), which nearly doubles the speed of the convolutions and changes no bit. The flag
 * is experimental: it is on only while the module is compiled, its results are compared with those of the same build
 * without it, and a difference switches it off with a warning. What a comparison cannot find is a compiler that ends
 * the process, so a V8 that nobody has tried it on compiles the plain build, unless it is asked for by name.
 */
import { setFlagsFromString } from 'node:v8';
import { WasmBackend } from '../../../backend/wasm/backend.js';
import { InputError } from '../../../base/errors.js';
import { readKernels } from '../package-files.js';
import { startTeamThreads } from '../threads/team.js';
import { selfCheck } from './self-check.js';

export interface CompileWasmOptions {
  /**
   * Whether V8's vectoriser compiles the kernels. Default: where it has been tried, in Node 24, 25 and 26. True, or the
   * environment variable UNETPP_VECTORISER=1, asks for it in any later Node, too; false or 0 leaves it alone.
   */
  readonly vectoriser?: boolean;
  /** For memory that threads share. Default: false. */
  readonly shared?: boolean;
  /** The build that gives up portable bits, see `WasmOptions`. Default: false. */
  readonly relaxed?: boolean;
}

export interface CompiledWasm {
  readonly module: WebAssembly.Module;
  /** Whether the vectoriser was at work. */
  readonly vectoriser: boolean;
  /** Why it was not. */
  readonly reason?: string;
}

/** Flags of V8, each the opposite of its default. */
type Flags = Readonly<Record<string, boolean>>;

const NODE = Number.parseInt(process.versions.node, 10);

/** The first V8 whose vectoriser works, that of Node 24. */
const FIRST_V8 = 13.6;
/** Those that `npm run smoke` has been run on, of Node 24, 25 and 26. */
const TRIED_V8 = ['13.6', '14.1', '14.6'];
/** Everything by the optimizing compiler at once: compiled later, functions would miss the flag. */
const VECTORISER: Flags = { 'experimental-wasm-revectorize': true, liftoff: false, 'wasm-lazy-compilation': false };

/** The first Node that has relaxed SIMD without a flag, and none by that name any more. */
const RELAXED_NODE = 21;
const RELAXED: Flags = { 'experimental-wasm-relaxed-simd': true };

/** By the name of the build. */
const plain = new Map<string, WebAssembly.Module>();
const vectorised = new Map<string, CompiledWasm>();

/**
 * The module, compiled once in a process.
 * @throws InputError where `relaxed` is asked of a Node that cannot compile it
 */
export function compileWasm({ vectoriser, shared = false, relaxed = false }: CompileWasmOptions = {}): CompiledWasm {
  const name = `unetpp${shared ? '-shared' : ''}${relaxed ? '-relaxed' : ''}`;
  const module = plain.get(name) ?? (relaxed ? compileRelaxed(name) : compile(name));
  plain.set(name, module);
  const reason = withoutVectoriser(vectoriser);
  if (reason !== undefined) return { module, vectoriser: false, reason };
  const compiled = vectorised.get(name) ?? compileVectorised(name, module, shared);
  vectorised.set(name, compiled);
  return compiled;
}

/**
 * Why the vectoriser is left alone, or undefined where it is to be used.
 * @param v8 the version of V8, `13.6.233…`
 */
export function withoutVectoriser(
  choice: boolean | undefined,
  variable = process.env.UNETPP_VECTORISER,
  v8 = process.versions.v8,
): string | undefined {
  const version = /^\d+\.\d+/.exec(v8)?.[0] ?? '';
  if (variable === '0') return 'UNETPP_VECTORISER is 0';
  if (choice === false) return 'it is switched off';
  if (!(Number(version) >= FIRST_V8)) return `V8 ${version} has none that works; Node 24 and later have`;
  if (choice || variable === '1' || TRIED_V8.includes(version)) return undefined;
  return `it has not been tried on V8 ${version}; UNETPP_VECTORISER=1 asks for it`;
}

function compileRelaxed(name: string): WebAssembly.Module {
  try {
    return compile(name, NODE < RELAXED_NODE ? RELAXED : {});
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw new InputError(`relaxed: this Node (${process.version}) cannot compile relaxed SIMD; leave relaxed out`);
  }
}

function compileVectorised(name: string, fallback: WebAssembly.Module, shared: boolean): CompiledWasm {
  const wide = compile(`${name}-wide`, VECTORISER);
  const team = shared ? { threads: 1, start: startTeamThreads } : undefined;
  const difference = selfCheck(new WasmBackend(wide, team), new WasmBackend(fallback, team));
  if (difference === undefined) return { module: wide, vectoriser: true };
  const reason = `it gives other numbers in ${difference}`;
  process.emitWarning(`unetpp: the vectoriser of this Node (${process.version}) is not used: ${reason}`);
  return { module: fallback, vectoriser: false, reason };
}

/** @param flags on while it is compiled */
function compile(name: string, flags: Flags = {}): WebAssembly.Module {
  const code = readKernels(name);
  setFlags(flags, true);
  try {
    return new WebAssembly.Module(code);
  } finally {
    setFlags(flags, false);
  }
}

/** @param wanted whether they are set as they say, or back to their defaults */
function setFlags(flags: Flags, wanted: boolean): void {
  for (const [name, value] of Object.entries(flags)) setFlagsFromString(`--${value === wanted ? '' : 'no-'}${name}`);
}
