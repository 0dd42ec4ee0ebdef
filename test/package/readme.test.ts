import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** As a careful user has them: strict, every declaration checked, and none of the DOM's. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2022.d.ts'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  noEmit: true,
};

/** What TypeScript says of programs that import this package by its name, as it is shipped. */
function faults(programs: readonly string[]): string[] {
  const files = new Map(programs.map((program, k) => [join(PACKAGE, `program-${k + 1}.mts`), program]));
  const host = ts.createCompilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const program = files.get(path);
    return program === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, program, version);
  };
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], OPTIONS, host));
  return diagnostics.map(({ file, start = 0, messageText }) => {
    const line = file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : '';
    return line.replace(PACKAGE, '') + ts.flattenDiagnosticMessageText(messageText, ' ');
  });
}

test('the programs in the README compile as strict TypeScript, and the shipped types need no DOM', () => {
  const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
  const programs = [...readme.matchAll(/^```[jt]s\n(.*?)^```$/gms)].map(([, program]) => program!);
  assert.ok(programs.length >= 3, `${programs.length} programs`);
  const wrong = "import { createModel } from 'unetpp';\ncreateModel({ filters: 16 });\n";
  const found = faults([wrong, ...programs]);
  assert.equal(found, ["program-1.mts:2: Type 'number' is not assignable to type 'readonly number[]'."]);
});

test.run();
