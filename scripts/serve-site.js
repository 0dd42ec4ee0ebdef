/**
 * `npm run site [-- --port N] [-- --no-isolation]`: makes the folder of the page and serves it on this machine, until it is
 * interrupted. `--no-isolation` leaves the two headers away by which threads share memory, as hosts do that know of none.
 * The exit code is 2 for a call that is wrong or a port that cannot be had.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSite } from '../dist/site/host/build.js';
import { serveSite } from '../dist/site/host/serve.js';

try {
  const { port, isolated } = wanted();
  const folder = fileURLToPath(new URL('../site/dist', import.meta.url));
  await buildSite(folder);
  const { url } = await serveSite(folder, { port, isolated });
  console.log(url);
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

/** What the call asks for. @throws Error in one line for anything else */
function wanted() {
  const options = { port: { type: 'string', default: '8017' }, 'no-isolation': { type: 'boolean', default: false } };
  const { values } = parseArgs({ options });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) {
    throw new Error(`--port ${values.port}: not a port; give a whole number from 0 to 65535, 0 for any that is free`);
  }
  return { port, isolated: !values['no-isolation'] };
}
