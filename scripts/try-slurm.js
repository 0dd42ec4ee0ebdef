/**
 * `npm run slurm`: examples/slurm/train.sbatch on this machine alone, as root, with two processes: undisturbed, with the
 * signal that announces the end of its time, and put into the queue again by hand as preempted jobs are. Each time the
 * weights must be those of one process without Slurm. Slurm is started and ended by scripts/slurm-here.sh.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fold, seedKey } from '../dist/src/base/random.js';
import { renderPhantom } from '../dist/src/data/phantom/phantom.js';
import { encodePng } from '../dist/src/formats/png/encode.js';

const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const HERE = root('scripts/slurm-here.sh');
const BATCH = root('examples/slurm/train.sbatch');
const MAIN = root('dist/cli/unetpp.js');
const TRAINING = ['--plan', 'off', '--filters', '8,16,32', '--size', '64', '--norm', 'batch', '--epochs', '40'];
const MORE = ['--batch', '8', '--micro-batch', '2', '--ema', '0.9', '--checkpoint-steps', '1', '--workers', '1'];
const GRANT = ['--nodes=1', '--ntasks-per-node=2', '--cpus-per-task=1', '--mem=0'];
/** Only what hangs takes so many seconds. */
const LIMIT = 400;

const folder = mkdtempSync(join(tmpdir(), 'unetpp-slurm-'));
const slurm = join(folder, 'slurm');
const data = join(folder, 'data');
const unetpp = join(folder, 'unetpp');
const env = { ...process.env, SLURM_CONF: join(slurm, 'slurm.conf'), UNETPP: unetpp, DATA: data };
const call = (name, ...args) => execFileSync(name, args, { env, cwd: folder, encoding: 'utf8' }).trim();

putImages();
writeFileSync(unetpp, `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`, { mode: 0o755 });
mkdirSync(slurm);
call(HERE, 'start', slurm);
try {
  call(unetpp, 'train', '--data', data, '--out', 'alone', ...TRAINING, ...MORE, '--quiet');
  const expected = weightsOf('alone');
  const tries = { undisturbed: () => {}, 'time is up': timeIsUp, 'put into the queue again': requeue };
  let failed = 0;
  for (const [name, disturb] of Object.entries(tries)) {
    const { job, run } = submit(name.replaceAll(' ', '-'));
    await until(() => linesOf(run) > 1 || isOver(job), 'the second epoch');
    disturb(job);
    await until(() => isOver(job), 'the end');
    const same = weightsOf(run) === expected;
    failed += same ? 0 : 1;
    const weights = same ? 'the weights of one process' : 'OTHER WEIGHTS';
    console.log(`${name.padEnd(26)} ${fieldOf(job, 'JobState')}, restarts: ${fieldOf(job, 'Restarts')}, ${weights}`);
    if (!same) console.log(readFileSync(join(folder, `unetpp-${job}.log`), 'utf8'));
  }
  process.exitCode = failed ? 1 : 0;
} finally {
  spawnSync(HERE, ['stop', slurm]);
  rmSync(folder, { recursive: true, force: true });
}

function putImages() {
  for (const kind of ['images', 'masks']) mkdirSync(join(data, kind), { recursive: true });
  for (let k = 0; k < 32; k++) {
    const { image, mask } = renderPhantom(fold(seedKey(1), k), 64);
    writeFileSync(join(data, 'images', `slice${k}.png`), encodePng(image));
    writeFileSync(join(data, 'masks', `slice${k}.png`), encodePng(mask));
  }
}

function submit(run) {
  const job = call('sbatch', '--parsable', ...GRANT, `--export=ALL,RUN=${run}`, BATCH, ...TRAINING, ...MORE);
  return { job, run };
}

/** The time is up, and Slurm says so to the processes; the script puts its job into the queue again. */
function timeIsUp(job) {
  call('scancel', '--signal=USR1', job);
}

/** As a preempted job is: its processes are asked to end, and it waits for its turn. */
function requeue(job) {
  call('scontrol', 'requeue', job);
}

function fieldOf(job, name) {
  return call('scontrol', 'show', 'job', job).match(new RegExp(`\\b${name}=(\\S+)`))?.[1];
}

function isOver(job) {
  return !['PENDING', 'RUNNING', 'COMPLETING', 'REQUEUED'].includes(fieldOf(job, 'JobState'));
}

/** How many epochs a run has written down. */
function linesOf(run) {
  try {
    return readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

function weightsOf(run) {
  return createHash('sha256')
    .update(readFileSync(join(folder, run, 'model.safetensors')))
    .digest('hex');
}

async function until(isSo, what) {
  for (const end = performance.now() + 1000 * LIMIT; !isSo(); ) {
    if (performance.now() > end) throw new Error(`${what} has not come within ${LIMIT} s; see ${folder}`);
    await setTimeout(500);
  }
}
