import * as assert from 'uvu/assert';
import { availableCores } from '../../src/platform/node/threads/cores.js';
import { compileWasm } from '../../src/platform/node/wasm/module.js';
import { inShell, json, suiteInFolder, unetppAlone } from '../support/cli/cli.js';

const test = suiteInFolder('cli doctor');

test('the machine, the vectoriser and the self-check, as one object', ({ dir }) => {
  const result = json(dir, ['doctor']);
  const { vectoriser, reason = null } = compileWasm();
  assert.equal([result.node, result.v8], [process.versions.node, process.versions.v8]);
  assert.equal([result.cores, result.selfCheck], [availableCores(), 'passed']);
  assert.equal([result.vectoriser, result.vectoriserReason], [vectoriser, reason]);
  for (const name of ['peakGflops', 'memory', 'freeMemory', 'freeDisk']) {
    assert.ok((result[name] as number) > 0, `${name} is ${result[name]}`);
  }
});

test('a block of lines to paste', ({ dir }) => {
  const { code, stdout, stderr } = unetppAlone(dir, ['doctor']);
  assert.equal([code, stderr], [0, '']);
  const labels = stdout.match(/^\S+(?= {2})/gm);
  const build = ['unetpp', 'Node', 'system', 'processor', 'cores', 'vectoriser'];
  assert.equal(labels, [...build, 'self-check', 'speed', 'MPI', 'memory', 'disk']);
});

test('what Slurm has given is kept to', ({ dir }) => {
  const { stdout } = inShell(dir, 'SLURM_JOB_ID=7 SLURM_CPUS_PER_TASK=1 npx unetpp doctor');
  assert.match(stdout, /^cores +1 used: \d+ can be, with .+, and 1 from Slurm$/m);
});

test.run();
