/** What a second core brings: `node cores.mjs` runs the network on one and on two threads in turns. */
import { parseArgs } from 'node:util';
import { createEngine, describe } from '../../dist/bench/engine.js';
import { table } from '../../dist/bench/table.js';
import { median } from '../../dist/src/base/statistics.js';
import { timeOurs } from './torch.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const network = { filters: [32, 64, 128, 256, 512], size: 128 };
const turns = [];
for (let round = 0; round < Number(values.rounds); round++) {
  turns.push({ one: await timeOurs({ ...network, threads: 1 }), two: await timeOurs({ ...network, threads: 2 }) });
}

const row = (name, field) => {
  const of = (value) => median(turns.map(value));
  return [
    name,
    of(({ one }) => one[field]),
    of(({ two }) => two[field]),
    of(({ one, two }) => one[field] / two[field]),
  ];
};
console.log(`## Two threads\n\n${describe(await createEngine({ threads: 2 }))}\n`);
console.log(
  table(
    ['', 'ms an image, one', 'ms an image, two', 'times faster'],
    [row('forward, all heads', 'inferMs'), row('training step', 'trainMsPerImage')],
  ),
);
