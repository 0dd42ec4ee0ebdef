/**
 * Runs the test image of the export in the working directory, and says whether the probabilities are those expected:
 *
 *     node run.mjs        deno run --allow-read run.mjs        bun run.mjs        gjs -m run.mjs        jsc -m run.mjs
 *
 * With the argument --hex (jsc: -- --hex) it also prints the bytes of the probabilities.
 */
import './runner.js';

/** What differs from one environment to the next: the bytes of a file, a line of output, the arguments. */
async function environment() {
  if (typeof imports === 'object') {
    // gjs
    const { GLib } = imports.gi;
    return { read: (name) => GLib.file_get_contents(name)[1], print: globalThis.print, args: globalThis.ARGV ?? [] };
  }
  if (typeof readFile === 'function') {
    // jsc
    return { read: (name) => readFile(name, 'binary'), print: globalThis.print, args: globalThis.arguments ?? [] };
  }
  const { readFileSync } = await import('node:fs');
  const { argv } = await import('node:process');
  return { read: readFileSync, print: console.log, args: argv.slice(2) };
}

const { read, print, args } = await environment();
const network = new globalThis.unetppEdge.Network({
  plan: read('plan.json'),
  kernels: read('kernels.wasm'),
  weights: read('weights.bin'),
});
const probabilities = network.test(read('input.bin'), read('expected.bin'));
const { output } = network.plan;
print(`${output.width}x${output.height}x${output.classes}: the probabilities are those of expected.bin, bit for bit`);
if ([...args].includes('--hex')) {
  const bytes = new Uint8Array(probabilities.buffer);
  print(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}
