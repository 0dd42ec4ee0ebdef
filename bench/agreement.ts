/**
 * `npm run agreement`: trains the phantom on WebAssembly and on a GPU, there twice, and compares them. Ends with exit code 1
 * where the losses of the first 20 steps differ by more than 1e-3 of their size, the Dice at the end by more than 0.01, or
 * the two trainings on the GPU in any bit. Options, after `--`: --size, --filters, --images, --epochs.
 */
import { parseArgs } from 'node:util';
import type { Backend } from '../src/backend/backend.js';
import { syntheticDataset } from '../src/data/phantom/phantom.js';
import { createBackend, createModel, trainModel, weightsSha256 } from '../src/index.js';

const STEPS = 20;
const LARGEST_LOSS_DIFFERENCE = 1e-3;
const LARGEST_DICE_DIFFERENCE = 0.01;

const { values: given } = parseArgs({
  options: {
    size: { type: 'string', default: '64' },
    filters: { type: 'string', default: '8,16,32' },
    images: { type: 'string', default: '40' },
    epochs: { type: 'string', default: '10' },
  },
});

async function train(backend: Backend) {
  const filters = given.filters.split(',').map(Number);
  const model = createModel({ filters, norm: 'group' }, { backend, seed: 1 });
  const [size, train, epochs] = [given.size, given.images, given.epochs].map(Number);
  const dataset = syntheticDataset({ size: size!, train: train!, validation: 16, seed: 1 });
  const losses: number[] = [];
  const dice: number[] = [];
  const started = performance.now();
  const observers = [{ step: ({ loss }: { readonly loss: number }) => void losses.push(loss) }];
  const options = { epochs: epochs!, batch: 4, learningRate: 1e-3, seed: 1, observers };
  for await (const { validation } of trainModel(model, dataset, options)) {
    dice.push(validation.dice);
  }
  const seconds = (performance.now() - started) / 1000;
  return { losses, dice, sha256: await weightsSha256(model), seconds };
}

const gpu = await createBackend('webgpu');
const [there, again, here] = [await train(gpu), await train(gpu), await train(createBackend('wasm'))];
console.log(`adapter      ${gpu.adapter}`);
gpu.close();

const differences = here.losses.slice(0, STEPS).map((loss, k) => Math.abs(there.losses[k]! - loss) / loss);
const largest = Math.max(...differences);
const [last, lastHere] = [there, here].map(({ dice }) => dice.at(-1)!) as [number, number];
const apart = Math.abs(last - lastHere);
console.log(`steps        ${there.losses.length} in ${there.seconds.toFixed(0)} s, wasm ${here.seconds.toFixed(0)} s`);
console.log(`loss         differs by ${largest.toExponential(1)} at most in the first ${differences.length} steps`);
console.log(`Dice         ${last.toFixed(4)}, wasm ${lastHere.toFixed(4)}`);
console.log(`weights      ${there.sha256 === again.sha256 ? 'the same' : 'OTHERS'} in the second training`);
if (largest > LARGEST_LOSS_DIFFERENCE || apart > LARGEST_DICE_DIFFERENCE || there.sha256 !== again.sha256) {
  process.exitCode = 1;
}
