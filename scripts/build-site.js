/** `npm run build:site`: makes the folder of the page, site/dist, which any host can serve as it is. */
import { fileURLToPath } from 'node:url';
import { buildSite } from '../dist/site/host/build.js';

const { first, later } = await buildSite(fileURLToPath(new URL('../site/dist', import.meta.url)));
console.log(`site/dist: ${first.length} files to begin with, ${later.length} that are loaded where they are needed`);
