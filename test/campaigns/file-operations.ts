/**
 * `node --import file-operations.js?kill=N …` ends the process by SIGKILL before the n-th operation that changes the disk or
 * forces it, with `&torn` in the middle of it where it writes. `?record=FILE` writes each operation that is done to FILE, a
 * line of JSON each. Operations on files outside the working directory do not count.
 *
 * It wraps those functions of node:fs that the library writes with. All of them write at the end of a file.
 */
import fs, { type PathLike, promises } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { relative, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Paths are relative to the working directory. */
export type Operation =
  | { readonly kind: 'open'; readonly path: string; readonly empties: boolean }
  | { readonly kind: 'write'; readonly path: string; readonly base64: string }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string };

// biome-ignore lint/suspicious/noExplicitAny: functions of every kind are wrapped alike
type Fn = (this: any, ...args: any[]) => any;
type Bytes = Uint8Array | string;

const options = new URL(import.meta.url).searchParams;
const killAt = Number(options.get('kill') ?? Infinity);
const torn = options.has('torn');
const record = options.get('record');
const log = record === null || !isMainThread ? undefined : fs.openSync(record, 'w');
const { writeSync } = fs;
let count = 0;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** The path relative to the working directory, which is '.' itself; undefined outside. */
function within(path: PathLike): string | undefined {
  const inside = relative(process.cwd(), resolve(String(path)));
  return inside.startsWith('..') ? undefined : inside || '.';
}

/**
 * Wraps `object[name]`. `describe` says which operation a call is, or undefined where it is none; `half` does half of a
 * write.
 */
function wrap(
  // biome-ignore lint/suspicious/noExplicitAny: see Fn
  object: any,
  name: string,
  describe: (self: unknown, args: Parameters<Fn>) => Operation | undefined,
  half?: (real: Fn, self: unknown, args: Parameters<Fn>) => unknown,
): void {
  const real = object[name] as Fn;
  object[name] = function (this: unknown, ...args: Parameters<Fn>) {
    const operation = isMainThread ? describe(this, args) : undefined;
    if (!operation) return real.apply(this, args);
    if (++count === killAt) return afterwards(torn && half?.(real, this, args), die);
    return afterwards(real.apply(this, args), () => {
      if (log !== undefined) writeSync(log, `${JSON.stringify(operation)}\n`);
    });
  };
}

/** Does `work` when `result` is there, which may be a promise; a failure is passed on without. */
function afterwards(result: unknown, work: () => void): unknown {
  if (!(result instanceof Promise)) {
    work();
    return result;
  }
  return result.then((value) => {
    work();
    return value;
  });
}

const handles = new WeakMap<object, string>();
const descriptors = new Map<number, string>();

/** Opening a file to write makes it, and with `w` empties it. */
function opened(path: PathLike, flags: unknown): Operation | undefined {
  const inside = within(path);
  if (inside === undefined || typeof flags !== 'string' || flags === 'r') return undefined;
  return { kind: 'open', path: inside, empties: flags.startsWith('w') };
}

function written(path: string | undefined, bytes: Bytes): Operation | undefined {
  return path === undefined
    ? undefined
    : { kind: 'write', path, base64: Buffer.from(bytes as Uint8Array).toString('base64') };
}

const halfOf = (bytes: Bytes) => bytes.slice(0, bytes.length >> 1);
const synced = (path: string | undefined): Operation | undefined =>
  path === undefined ? undefined : { kind: 'sync', path };
const onPath =
  (kind: 'remove' | 'folder') =>
  (_: unknown, [path]: Parameters<Fn>): Operation | undefined => {
    const inside = within(path);
    return inside === undefined ? undefined : { kind, path: inside };
  };
const onPaths =
  (kind: 'rename' | 'link') =>
  (_: unknown, [from, target]: Parameters<Fn>): Operation | undefined => {
    const [path, to] = [within(from), within(target)];
    return path === undefined || to === undefined ? undefined : { kind, path, to };
  };

for (const [object, suffix] of [
  [promises, ''],
  [fs, 'Sync'],
] as const) {
  wrap(object, `rename${suffix}`, onPaths('rename'));
  wrap(object, `link${suffix}`, onPaths('link'));
  wrap(object, `unlink${suffix}`, onPath('remove'));
  wrap(object, `rm${suffix}`, onPath('remove'));
  wrap(object, `rmdir${suffix}`, onPath('remove'));
  wrap(object, `mkdir${suffix}`, onPath('folder'));
  wrap(object, `open${suffix}`, (_, [path, flags]) => opened(path, flags));
}

const { open } = promises;
promises.open = async (path, ...rest) => {
  const handle = await open(path, ...rest);
  const inside = within(path);
  if (inside !== undefined) handles.set(handle, inside);
  return handle;
};
const { openSync } = fs;
fs.openSync = (path, ...rest) => {
  const descriptor = openSync(path, ...rest);
  const inside = within(path);
  if (inside !== undefined) descriptors.set(descriptor, inside);
  else descriptors.delete(descriptor);
  return descriptor;
};
wrap(
  fs,
  'writeSync',
  (_, [descriptor, bytes]) => written(descriptors.get(descriptor), bytes),
  (real, self, [descriptor, bytes]) => real.call(self, descriptor, halfOf(bytes)),
);
wrap(fs, 'fsyncSync', (_, [descriptor]) => synced(descriptors.get(descriptor)));

const handle = await open(process.execPath);
const prototype = Object.getPrototypeOf(handle) as FileHandle;
await handle.close();
for (const name of ['writeFile', 'appendFile'] as const) {
  wrap(
    prototype,
    name,
    (self, [bytes]) => written(handles.get(self as object), bytes),
    (real, self, [bytes]) => real.call(self, halfOf(bytes)),
  );
}
wrap(prototype, 'sync', (self) => synced(handles.get(self as object)));
wrap(prototype, 'truncate', (self, [length]) => {
  const path = handles.get(self as object);
  return path === undefined ? undefined : { kind: 'truncate', path, length: length ?? 0 };
});

syncBuiltinESMExports();
