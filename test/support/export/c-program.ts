/** Exports in C, built and run where there is a compiler. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { c } from '../../../src/app/export/c.js';
import { testImage } from '../../../src/app/export/check.js';
import type { ExportRequest } from '../../../src/app/export/exporter.js';
import type { Size } from '../../../src/image/frame.js';
import type { Model } from '../../../src/model/model.js';
import type { Outcome } from '../cli/outcome.js';

/** What C leaves undefined ends the program: overflow of integers, above all. */
const TRAPS = ['-fsanitize=undefined', '-fsanitize-undefined-trap-on-error'];
/** As little optimising as is quick; the bits are the same. Warnings are errors. */
const FLAGS = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-ffp-contract=off', ...TRAPS];

/** Whether there is a compiler; where there is none, a line says so. */
export function hasCompiler(): boolean {
  const found = spawnSync('cc', ['--version']).status === 0;
  if (!found) console.log('note: no C compiler (cc): what is exported in C is not built here');
  return found;
}

/** The files of an export by their names, with the rest of what it says. */
export async function exportC(model: Model, size: Size, weights: ExportRequest['weights'] = 'f32') {
  const image = testImage(size, model.config.inChannels);
  const { files, ...rest } = await c.export(model, { file: 'model.safetensors', size, weights, image });
  return { ...rest, files: new Map(files.map(({ name, content }) => [name, content])) };
}

/** Writes files into a folder, which is made. */
export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array | string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
}

/** Compiles sources of a folder to a program there; asserts that the compiler says nothing. */
export function build(folder: string, program: string, sources: readonly string[]): void {
  const { code, stdout, stderr } = run(folder, 'cc', [...FLAGS, '-o', program, ...sources, '-lm']);
  assert.is(stdout + stderr, '');
  assert.is(code, 0);
}

/** Runs a program in a folder. */
export function run(folder: string, program: string, args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
