/** The command line as users run it, in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodePng } from '../../../src/formats/png/encode.js';
import { HANGING, type Outcome } from './outcome.js';
import { MAIN as MAIN_URL, runShared } from './shared-command.js';

const MAIN = fileURLToPath(MAIN_URL);
/** The same in modules, which a test may change. */
export const IN_MODULES = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
export const TRAIN_JS = fileURLToPath(new URL('../../../../train.js', import.meta.url));
export const GOLDEN = fileURLToPath(new URL('../../../../test/golden/', import.meta.url));

/** A network that trains in no time. */
export const TINY = ['--filters', '2,4', '--size', '32', '--lr', '0.01'];

/** Runs `unetpp ARGS` in `cwd`, in a process that it shares with other calls. */
export function unetpp(cwd: string, args: readonly string[]): Outcome {
  return runShared({ cwd, args });
}

/** As `unetpp`, in a process of its own, which ends by itself; `script` may be another entry. */
export function unetppAlone(cwd: string, args: readonly string[], script = MAIN): Outcome {
  return outcome(process.execPath, [script, ...args], cwd);
}

/** Runs a line that unetpp has printed for people, `npx unetpp …`, as a shell does. */
export function inShell(cwd: string, line: string): Outcome {
  const npx = 'npx() { shift; exec "$NODE" "$MAIN" "$@"; }';
  return outcome('bash', ['-c', `${npx}\n${line}`], cwd, { ...process.env, NODE: process.execPath, MAIN });
}

/** As `unetpp`, where no file may grow beyond `blocks` of 1024 bytes: a stand-in for a full disk. */
export function unetppOnFullDisk(cwd: string, blocks: number, args: readonly string[]): Outcome {
  const limited = `ulimit -f ${blocks}; exec "$0" "$@"`;
  return outcome('bash', ['-c', limited, process.execPath, MAIN, ...args], cwd);
}

/** As `unetppAlone`, in a process that runs the module `code` first, which may change Node's modules and packages. */
export function unetppAfter(cwd: string, code: string, args: readonly string[], script = MAIN): Outcome {
  const first = `data:text/javascript,${encodeURIComponent(code)}`;
  return outcome(process.execPath, ['--import', first, script, ...args], cwd);
}

/** As `unetpp`, on a machine with `bytes` of free memory. */
export function unetppWithMemory(cwd: string, bytes: number, args: readonly string[]): Outcome {
  const pretend = `import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module';
    os.freemem = os.totalmem = () => ${bytes}; syncBuiltinESMExports();`;
  return unetppAfter(cwd, pretend, args);
}

/** As `unetpp`, where the package `missing` is not installed. */
export function unetppWithout(cwd: string, missing: string, args: readonly string[]): Outcome {
  const resolve = `export function resolve(name, context, next) {
    if (name.split('/')[0] !== '${missing}') return next(name, context);
    throw Object.assign(new Error('no package'), { code: 'ERR_MODULE_NOT_FOUND' });
  }`;
  const register = `import { register } from 'node:module';
    register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(resolve))});`;
  return unetppAfter(cwd, register, args);
}

function outcome(program: string, args: readonly string[], cwd: string, env = process.env): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: HANGING });
  return { code: status, stdout, stderr };
}

/** The JSON that a command prints; asserts that it succeeds and prints nothing else to stdout. */
export function json(cwd: string, args: readonly string[], script = MAIN): Record<string, unknown> {
  const call = [...args, '--json'];
  const { code, stdout, stderr } = script === MAIN ? unetpp(cwd, call) : unetppAlone(cwd, call, script);
  assert.is(code, 0, stderr);
  assert.is(stdout.split('\n').length, 2, 'one line on stdout');
  return JSON.parse(stdout);
}

/**
 * Asserts that a call is refused as wrong input is: code 2, nothing on stdout, one line on stderr, and no file or folder
 * made or gone.
 */
export function refused(cwd: string, args: readonly string[], message: string): void {
  const before = listing(cwd);
  const { code, stdout, stderr } = unetpp(cwd, [...args, '--quiet']);
  assert.is(stderr, `unetpp: ${message}\n`);
  assert.is(stdout, '');
  assert.is(code, 2);
  assert.equal(listing(cwd), before, 'files left behind');
}

/** All files and folders below `dir`, hidden ones too. */
export function listing(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
}

/** A started command, whose stderr can be waited for. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  #stdout = '';
  #stderr = '';

  /** @param launcher what runs the script: Node, with options of its own or under another program */
  constructor(cwd: string, args: readonly string[], launcher: readonly [string, ...string[]] = [process.execPath]) {
    const [program, ...before] = launcher;
    this.child = spawn(program, [...before, MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout!.on('data', (text) => (this.#stdout += text));
    this.child.stderr!.on('data', (text) => (this.#stderr += text));
    this.ended = new Promise((done, failed) => {
      this.child.on('error', failed);
      this.child.on('close', (code) => done({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  /** Waits until stderr holds `text`; fails when the process ends or hangs without it. */
  async says(text: string): Promise<void> {
    const deadline = performance.now() + HANGING;
    while (!this.#stderr.includes(text)) {
      const { exitCode, signalCode } = this.child;
      const waits = exitCode === null && signalCode === null && performance.now() < deadline;
      if (!waits) this.child.kill('SIGKILL');
      assert.ok(waits, `no "${text}" in: ${this.#stderr}`);
      await new Promise((next) => setTimeout(next, 5));
    }
  }
}

/** A suite whose tests each get an empty folder. */
export function suiteInFolder(name: string) {
  const test = suite<{ dir: string }>(name, { dir: '' });
  test.before.each((context) => {
    context.dir = mkdtempSync(join(tmpdir(), 'unetpp-cli-'));
  });
  test.after.each((context) => rmSync(context.dir, { recursive: true }));
  return test;
}

export function put(dir: string, path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
}

/** A PNG of a bright disc before a darker ground; `mask`: the disc alone, 0 and 255. */
export function disc(width: number, height: number, mask = false): Uint8Array {
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) / width - 0.4, Math.floor(i / width) / height - 0.5];
    const inside = x * x + y * y < 0.06;
    if (mask) return inside ? 255 : 0;
    return (inside ? 190 : 60) + ((i * 7919) % 23);
  });
  return encodePng({ width, height, channels: 1, data });
}

/** Image/mask pairs n0, n1, … of different sizes in the folder `data`. */
export function putPairs(dir: string, count = 6): void {
  for (let n = 0; n < count; n++) {
    put(dir, `data/images/n${n}.png`, disc(40 + n, 33 + 2 * n));
    put(dir, `data/masks/n${n}.png`, disc(40 + n, 33 + 2 * n, true));
  }
}
