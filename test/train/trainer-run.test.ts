/** The folder of a run: what is written, and when. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel, loadModel, trainModel, weightsSha256 } from '../../src/index.js';
import { RunFolder } from '../../src/platform/node/runs/run-folder.js';
import { squares } from '../support/squares.js';

test('each epoch is written down, and the model where it is the best', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'unetpp-run-'));
  const path = join(parent, 'runs', 'squares');
  const folder = await RunFolder.create(path, { epochs: 4, filters: [4, 8] });
  assert.equal((await readdir(path)).sort(), ['.lock', 'config.json', 'metrics.jsonl']);
  const model = createModel({ filters: [4, 8] });
  const dices: number[] = [];
  for await (const report of trainModel(model, squares(), { epochs: 4, batch: 4, learningRate: 0.03 })) {
    await folder.add(report, model);
    dices.push(report.validation.dice);
    const best = await loadModel(folder.model);
    assert.is((await weightsSha256(best)) === (await weightsSha256(model)), report.best, `epoch ${report.epoch}`);
    assert.is((best.card.training as { epoch: number }).epoch, report.bestEpoch);
  }
  assert.equal(JSON.parse(await readFile(join(path, 'config.json'), 'utf8')), { epochs: 4, filters: [4, 8] });
  const lines = (await readFile(join(path, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  assert.equal(
    lines.map((line) => (JSON.parse(line) as { validation: { dice: number } }).validation.dice),
    dices,
  );
  await folder.close();
  assert.equal((await readdir(path)).sort(), ['config.json', 'metrics.jsonl', 'model.safetensors']);
  await rm(parent, { recursive: true });
});

test.run();
