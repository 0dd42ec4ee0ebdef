/** What the machine or a broken installation does not give is told in one line, with what to do. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { inWords } from '../../src/cli/terminal/failures.js';
import { packageFile, readKernels } from '../../src/platform/node/package-files.js';
import { isWholeModule } from '../../src/platform/node/whole-module.js';
import { suiteInFolder } from '../support/cli/cli.js';
import { throwsInput } from '../support/throws.js';

const test = suiteInFolder('installation');
const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = fileURLToPath(new URL('../../cli/unetpp.js', import.meta.url));

test('a file of the package that is missing is named', () => {
  const missing = 'missing from the installation; install unetpp again';
  throwsInput(() => packageFile('workers/none.js'), `${PACKAGE}workers/none.js: ${missing}`);
  throwsInput(() => readKernels('none'), `${PACKAGE}wasm/none.wasm: ${missing}`);
});

test('kernels cut short are told from whole ones, wherever they are cut', () => {
  const code = readFileSync(packageFile('wasm/unetpp.wasm'));
  assert.ok(isWholeModule(code));
  assert.ok(isWholeModule(readKernels('unetpp-shared-relaxed-wide')));
  const whole = Array.from({ length: code.length }, (_, length) => length).filter((n) =>
    isWholeModule(code.subarray(0, n)),
  );
  // Only where one section ends and the next begins: too few to be met by chance.
  assert.ok(whole.length < 12, `${whole}`);
  assert.not.ok(isWholeModule(new Uint8Array(100)));
});

test('what the machine refuses is put in words', () => {
  const told = (message: string, parts: object) => inWords(Object.assign(new Error(message), parts));
  const message = (message: string, parts: object = {}) => (told(message, parts) as Error).message;
  assert.is(
    message('EMFILE: too many open files', { code: 'EMFILE', path: '/a.js' }),
    '/a.js: cannot be opened: too many files are open; close some or raise the limit (ulimit -n) (EMFILE)',
  );
  assert.is(
    message("Cannot find module '/a.js'", { code: 'ERR_MODULE_NOT_FOUND' }),
    "Cannot find module '/a.js': the installation is incomplete; install unetpp again",
  );
  const less =
    'take smaller images or batches and fewer threads (--threads, --workers), or raise the limit (ulimit -v)';
  for (const raw of ['Array buffer allocation failed', 'WebAssembly.Memory(): could not allocate memory']) {
    assert.is(message(raw), `out of memory: ${raw}; ${less}`);
  }
  const own = new Error('internal: something else');
  assert.is(inWords(own), own);
});

test('a folder that is gone', ({ dir }) => {
  const removed = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" train';
  const { status, stderr } = spawnSync('bash', ['-c', removed, process.execPath, MAIN], { cwd: dir, encoding: 'utf8' });
  const gone = 'the current folder was deleted; change to another one (cd) and start again';
  assert.is(stderr, `unetpp: ${gone}\n`);
  assert.is(status, 2);
});

test.run();
