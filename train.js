// `node train.js …` is `unetpp train …`.
import { existsSync } from 'node:fs';

const main = new URL('dist/cli/unetpp.js', import.meta.url);
if (!existsSync(main)) {
  console.error('unetpp: not built yet; run `npm ci` once in this folder');
  process.exit(2);
}
process.argv.splice(2, 0, 'train');
await import(main.href);
