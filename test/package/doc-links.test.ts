/** The links in the documents lead to files and headings that exist. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DOCUMENTS, PACKAGE, readDocument } from '../support/documents.js';

/** A document without its blocks of code, in which nothing is a link or a heading. */
function prose(document: string): string {
  return readDocument(document)
    .replace(/^```.*?^```$/gms, '')
    .replace(/^ {4}.*$/gm, '');
}

/** The targets of the relative links and pictures of a document. */
function relativeLinks(document: string): string[] {
  const text = prose(document).replace(/`[^`\n]*`/g, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|<img[^>]* src="([^"]+)"/g)].map(([, link, src]) => link ?? src!);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of the headings of a document, by GitHub's rule. */
function anchors(document: string): string[] {
  const headings = [...prose(document).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase());
  return headings.map((heading) => heading.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-'));
}

/** What is wrong with a link of a document; undefined where nothing is. */
function fault(document: string, target: string): string | undefined {
  const [path, anchor] = target.split('#') as [string, string | undefined];
  const file = path === '' ? join(PACKAGE, document) : join(PACKAGE, dirname(document), path);
  if (!existsSync(file)) return `${document}: ${target}: no such file`;
  if (anchor === undefined || anchors(relative(PACKAGE, file)).includes(anchor)) return undefined;
  return `${document}: ${target}: no such heading`;
}

test('every relative link in the documents leads to a file and a heading that exist', () => {
  const links = DOCUMENTS.flatMap((document) => relativeLinks(document).map((target) => ({ document, target })));
  assert.ok(links.length >= 30, `${links.length} links`);
  assert.is(fault('README.md', 'docs/none.md'), 'README.md: docs/none.md: no such file');
  assert.is(fault('docs/data.md', '../README.md#none'), 'docs/data.md: ../README.md#none: no such heading');
  const faults = links.flatMap(({ document, target }) => fault(document, target) ?? []);
  assert.equal(faults, []);
});

/** The files and folders of the repository that a document names in code: `src/base/math.ts`, `src/app`. */
function namedPaths(document: string): string[] {
  const names = [...prose(document).matchAll(/`((?:src|test|assembly|reference|workers|scripts|bench)\/[\w./-]*)`/g)];
  return names.map(([, path]) => path!);
}

test('every path of the repository that a document names exists', () => {
  assert.ok(namedPaths('ARCHITECTURE.md').length >= 50);
  const missing = (document: string) => namedPaths(document).filter((path) => !existsSync(join(PACKAGE, path)));
  assert.equal(
    DOCUMENTS.flatMap((document) => missing(document).map((path) => `${document}: ${path}`)),
    [],
  );
});

test('docs/README.md lists every document in docs/', () => {
  const listed = relativeLinks('docs/README.md');
  const unlisted = DOCUMENTS.filter((path) => /^docs\/(?!README)/.test(path) && !listed.includes(basename(path)));
  assert.equal(unlisted, []);
});

test.run();
