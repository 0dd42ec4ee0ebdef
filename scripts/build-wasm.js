/**
 * Compiles the kernels: every target of asconfig.json. Of the wide builds, which V8's vectoriser compiles without its
 * baseline compiler, all calls within the module are inlined: from V8 14 on, its optimizing compiler asks for the counts
 * of such calls, which only the baseline compiler collects, and ends the process where there are none.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { main } from 'assemblyscript/asc';
import binaryen from 'binaryen';

const { targets } = JSON.parse(readFileSync(new URL('../asconfig.json', import.meta.url), 'utf8'));
const { stdout, stderr } = process;

for (const [target, { use = [] }] of Object.entries(targets)) {
  const wide = use.includes('WIDE_TILES=1');
  const writeFile = (name, contents, folder) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wide ? withoutCalls(contents) : contents);
  };
  const { error } = await main(['assembly/index.ts', '--target', target], { stdout, stderr, writeFile });
  // What is wrong has been printed.
  if (error) process.exit(1);
}

/** The module with the body of every function in place of its calls. */
function withoutCalls(code) {
  const { Features } = binaryen;
  const module = binaryen.readBinary(code);
  // As asc enables them; a pass may use what it is told of.
  const bulk = Features.BulkMemory | Features.BulkMemoryOpt;
  const simd = Features.SIMD128 | Features.RelaxedSIMD;
  module.setFeatures(Features.SignExt | Features.NontrappingFPToInt | bulk | simd | Features.Atomics);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  const size = 1_000_000;
  binaryen.setAlwaysInlineMaxSize(size);
  binaryen.setFlexibleInlineMaxSize(size);
  binaryen.setOneCallerInlineMaxSize(size);
  module.runPasses(['inlining-optimizing']);
  const inlined = module.emitBinary();
  module.dispose();
  return inlined;
}
