/** Compiles the kernels: every target of asconfig.json. */
import { readFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';

const { targets } = JSON.parse(readFileSync(new URL('../asconfig.json', import.meta.url), 'utf8'));
const { stdout, stderr } = process;

for (const target of Object.keys(targets)) {
  const { error } = await main(['assembly/index.ts', '--target', target], { stdout, stderr });
  // What is wrong has been printed.
  if (error) process.exit(1);
}
