/** `npm run selftest:page`: puts the page of the self-test into dist/selftest, which can be opened or served as it is. */
import { fileURLToPath } from 'node:url';
import { buildSelfTestPage } from '../dist/site/host/selftest-page.js';

await buildSelfTestPage(fileURLToPath(new URL('../dist/selftest', import.meta.url)));
