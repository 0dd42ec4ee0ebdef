/** The programs in the documents compile as a reader would compile them. */
import { basename, join } from 'node:path';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DOCUMENTS, PACKAGE, readDocument } from '../support/documents.js';

/** A careful user's settings: strict, and every declaration file but TypeScript's own is checked. */
const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: false,
  skipDefaultLibCheck: true,
  noEmit: true,
};
/** Node has no DOM, and a page has nothing of Node. */
const NODE: ts.CompilerOptions = { ...STRICT, lib: ['lib.es2022.d.ts'], types: ['node'] };
const PAGE: ts.CompilerOptions = { ...STRICT, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [] };

/** The compiler's complaints about programs that import this package by its name, as it is shipped. */
function complaints(programs: ReadonlyMap<string, string>, options: ts.CompilerOptions): string[] {
  const files = new Map([...programs].map(([name, program]) => [join(PACKAGE, `${name}.mts`), program]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const program = files.get(path);
    return program === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, program, version);
  };
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...files.keys()], options, host));
  return diagnostics.map(({ file, start = 0, messageText }) => {
    const line = file ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: ` : '';
    return line.replace(PACKAGE, '') + ts.flattenDiagnosticMessageText(messageText, ' ');
  });
}

/** The programs of all documents with their names: `library-2` is the second one in library.md. */
function programs(): [name: string, program: string][] {
  return DOCUMENTS.flatMap((document) => {
    const found = readDocument(document).matchAll(/^```[jt]s\n(.*?)^```$/gms);
    return [...found].map(([, program], k): [string, string] => [`${basename(document, '.md')}-${k + 1}`, program!]);
  });
}

const isForPage = ([, program]: [name: string, program: string]) => /from 'unetpp\/(core|web)'/.test(program);
const forPage = new Map(programs().filter(isForPage));
const forNode = new Map(programs().filter((named) => !isForPage(named)));

for (const { where, entry, found, least, options } of [
  { where: 'in Node, without the DOM', entry: 'unetpp', found: forNode, least: 4, options: NODE },
  { where: 'in a page, without Node', entry: 'unetpp/core', found: forPage, least: 3, options: PAGE },
]) {
  test(`the programs in the documents compile as strict TypeScript ${where}`, () => {
    assert.ok(found.size >= least, `${found.size} programs`);
    const wrong = `import { createModel } from '${entry}';\ncreateModel({ filters: 16 }, {} as never);\n`;
    const expected = ["wrong.mts:2: Type 'number' is not assignable to type 'readonly number[]'."];
    assert.equal(complaints(new Map([['wrong', wrong], ...found]), options), expected);
  });
}

test.run();
