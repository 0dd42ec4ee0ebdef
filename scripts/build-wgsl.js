/**
 * Puts the shaders of src/backend/webgpu/shaders together as a module of strings, which `shaders.d.ts` declares: so a
 * page and Node have them without reading files. A shader names the parts that it needs in a line `// uses: math, grid`;
 * their text comes before its own. Comments are left out.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const source = new URL('../src/backend/webgpu/shaders/', import.meta.url);
const target = new URL('../dist/src/backend/webgpu/', import.meta.url);

const read = (path) => readFileSync(new URL(path, source), 'utf8');
const compact = (text) =>
  text
    .replace(/[ \t]*\/\/.*$/gm, '')
    .replace(/\n\s*\n+/g, '\n')
    .trim();

/** The parts that a text uses, each after those that it uses itself. */
function partsOf(text, found = []) {
  const [, names = ''] = text.match(/^\/\/ uses: (.*)$/m) ?? [];
  for (const name of names.split(/, */).filter(Boolean)) {
    const part = read(`parts/${name}.wgsl`);
    partsOf(part, found);
    if (!found.includes(part)) found.push(part);
  }
  return found;
}

const shaders = {};
for (const file of readdirSync(source).sort()) {
  if (!file.endsWith('.wgsl')) continue;
  const text = read(file);
  shaders[file.replace('.wgsl', '')] = [...partsOf(text), text].map(compact).join('\n');
}

mkdirSync(target, { recursive: true });
writeFileSync(
  new URL('shaders.js', target),
  `/** Made by scripts/build-wgsl.js. */\nexport const shaders = ${JSON.stringify(shaders, null, 2)};\n`,
);
