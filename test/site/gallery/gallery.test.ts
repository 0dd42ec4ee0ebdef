/** The panels in Chromium, driven by the keyboard: what they say, draw and call. */
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diceWith, drawn, markedShare, maskOf } from '../../../site/app/compare/drawing.js';
import type { TrainingEvent } from '../../../site/app/train/training-state.js';
import { rgbaOf } from '../../../site/app/ui/index.js';
import { percent } from '../../../src/base/quantities.js';
import type { Output } from '../../../src/network/mode.js';
import { COMPARISON_COLOURS, comparison } from '../../../src/report/comparison.js';
import { startChromium } from '../../support/browser/chromium.js';
import { type Fixtures, makeFixtures } from './fixtures.js';
import type { Gallery } from './gallery.js';
import { beyond, faint, openGallery, type View } from './open.js';

declare const gallery: Gallery;

const browser = await startChromium();
const fixtures = browser && (await makeFixtures(2));

/** A test on a page of its own, which may report no error. */
function onPage(name: string, run: (page: Page, fixtures: Fixtures) => Promise<void>, views: readonly View[] = [{}]) {
  test(name, async () => {
    if (!browser || !fixtures) return;
    for (const view of views) {
      const { page, faults } = await openGallery(browser, fixtures, view);
      await run(page, fixtures);
      assert.equal(faults, []);
      await page.close();
    }
  });
}

const tell = (page: Page, ...events: readonly TrainingEvent[]) =>
  page.evaluate((all) => {
    for (const event of all) gallery.tell(event);
  }, events);
const called = (page: Page) => page.evaluate(() => gallery.called);
const label = (page: Page, selector: string) => page.getAttribute(selector, 'aria-label');

/** All that is told of a training of two epochs. */
function course({ epochs, examples, trained }: Fixtures): TrainingEvent[] {
  const steps = epochs.flatMap((report): TrainingEvent[] => [
    {
      kind: 'progress',
      progress: {
        ...{ phase: 'training', done: 16, total: 32, epoch: { number: report.epoch, of: 2 } },
        pace: { imagesPerSecond: 103.24, secondsLeft: 65 },
      },
    },
    { kind: 'step', loss: report.training.total },
    { kind: 'epoch', report, examples },
  ]);
  return [{ kind: 'begin' }, { kind: 'ready', run: 'phantom-1', images: 32 }, ...steps, { kind: 'trained', trained }];
}

onPage('an option is given when its field is left, and an error stands at its field', async (page) => {
  await page.focus('#option-epochs');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('0');
  assert.is(await page.getAttribute('#option-epochs', 'aria-invalid'), null, 'half a number is no error');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#option-epochs[aria-invalid]');
  assert.is(await page.textContent('#option-epochs-error'), 'Expected a whole number from 1 to 1000000000.');
  assert.match((await page.getAttribute('#option-epochs', 'aria-describedby'))!, 'option-epochs-error');
  assert.is(await page.textContent('#plan-error'), '');
  assert.ok(await page.isDisabled('#train'));

  await page.keyboard.press('Control+A');
  await page.keyboard.type('2');
  await page.keyboard.press('Tab');
  await page.waitForSelector('#option-epochs:not([aria-invalid])');
  assert.equal(await page.evaluate(() => gallery.given), { epochs: '2' });
  await page.focus('#option-epochs');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => Object.keys(gallery.given).length === 0);
  assert.is(await page.inputValue('#option-epochs'), '8', 'what was chosen stands there again');
});

onPage('a reason stands at its option, and all options are behind a fold', async (page) => {
  assert.match((await page.textContent('#option-batch-hint'))!, 'A twelfth of the training images');
  assert.not(await page.isVisible('#option-skips'));
  await page.focus('.plan summary');
  await page.keyboard.press('Enter');
  await page.selectOption('#option-skips', 'original');
  assert.equal(await page.evaluate(() => gallery.given), { skips: 'original' });
  assert.is(await page.inputValue('#option-deepSupervision'), 'true');
  assert.is(await page.textContent('#option-deepSupervision :checked'), 'on');
  assert.is(
    await page.textContent('#forecast'),
    'It takes about 1:24, and at most 298 MB of the 2.0 GB of memory that are free.',
  );
});

onPage('a training is begun, held, stopped and gone on with by buttons', async (page) => {
  await page.focus('#train');
  await page.keyboard.press('Enter');
  await tell(page, { kind: 'begin' }, { kind: 'ready', run: 'phantom-1', images: 32 });
  assert.ok(await page.isDisabled('button[aria-label="Go on with phantom-2"]'), 'one training at a time');
  await page.focus('#pause');
  await page.keyboard.press('Enter');
  await tell(page, { kind: 'pause', paused: true });
  assert.is(await page.textContent('#pause'), 'Go on');
  await page.keyboard.press('Enter');
  await tell(page, { kind: 'pause', paused: false });
  await page.focus('#stop');
  await page.keyboard.press('Enter');
  await tell(page, { kind: 'stop' });
  await page.keyboard.press('Enter');
  await tell(page, { kind: 'failed', error: 'epoch 1, step 3: the loss is NaN' });
  assert.is(await page.textContent('#train-error'), 'epoch 1, step 3: the loss is NaN');
  await page.click('button[aria-label="Go on with phantom-2"]');
  assert.equal(await called(page), [['train'], ['pause', true], ['pause', false], ['stop'], ['resume', 'phantom-2']]);
});

onPage('the course of a training is told in words, curves and a table', async (page, { epochs, trained, examples }) => {
  const [first, last] = epochs;
  await tell(page, ...course({ ...fixtures!, epochs: [first!] }).slice(0, -1));
  assert.is(
    await page.textContent('.progress-text'),
    'Epoch 1 of 2: training16 of 32 images, 103.2 images/s, 1:05 left',
  );
  const dice = (value: number) => value.toFixed(3);
  assert.is(await page.textContent('#epoch'), `Epoch 1 of 2: Dice ${dice(first!.validation.dice)}, the best so far`);

  await tell(page, ...course(fixtures!));
  const { heads, dice: mean } = last!.validation;
  const values = [...heads.map(({ head, dice: of }) => `${head} ${dice(of)}`), `mean ${dice(mean)}`].join(', ');
  assert.is(await label(page, '.chart:nth-child(2) svg'), `Dice of the validation images after epoch 2: ${values}`);
  assert.is(
    await label(page, '.chart:nth-child(1) svg'),
    `Loss after epoch 2: training ${dice(last!.training.total)}, validation ${dice(last!.validation.loss)}`,
  );
  await page.click('.curves summary');
  const row = await page.$$eval('#epoch-table tbody tr:last-child > *', (cells) =>
    cells.map((cell) => cell.textContent),
  );
  assert.equal(row.slice(1, 3), [last!.training.total, last!.validation.loss].map(dice));
  assert.is(row.at(-1), dice(mean));

  assert.is(await page.textContent('#dice'), trained.result.validation!.dice.toFixed(4));
  assert.is(await page.textContent('#weights-sha256'), trained.result.weightsSha256);
  const [example] = examples;
  assert.is(
    await label(page, '.example:first-child .picture:last-child'),
    `${example!.name} with its true mask and the predicted one, Dice ${dice(example!.dice)}`,
  );
});

onPage('the points of a curve lie where the axes say', async (page, all) => {
  await tell(page, ...course(all));
  const { path, ticks, width } = await page.$eval('.chart:nth-child(2) svg', (svg) => ({
    path: svg.querySelector('.curve.mean')!.getAttribute('d')!,
    ticks: [...svg.querySelectorAll('.tick')].map((tick) => ({
      y: Number(tick.querySelector('line')!.getAttribute('y1')),
      x: [1, 2].map((k) => Number(tick.querySelector('line')!.getAttribute(`x${k}`))),
      value: Number(tick.textContent),
    })),
    width: svg.clientWidth,
  }));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const [left, right] = low.x as [number, number];
  assert.ok(right < width);
  const expected = all.epochs.map(({ epoch, validation }) => {
    const y = low.y + ((high.y - low.y) * (validation.dice - low.value)) / (high.value - low.value);
    return [left + ((right - left) * epoch) / 2, y].map((at) => at.toFixed(1)).join();
  });
  assert.is(path, `M${expected.join(' L')}`);
});

/** Waits until the canvas of an output shows its mask at a threshold. */
function showsMask(page: Page, all: Fixtures, mode: Output, threshold: number, differences = false) {
  const { heads, picture, truth } = all;
  const head = heads.find((each) => each.mode === mode)!;
  const mask = maskOf(head, threshold);
  const shown = differences ? comparison(picture, truth, mask) : drawn(picture, mask, head.classes);
  const pixels = [...rgbaOf(shown)];
  return page.waitForFunction(
    ([name, wanted]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`[data-mode=${name}] canvas`)!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return wanted.every((value, k) => data[k] === value);
    },
    [mode, pixels] as const,
  );
}

onPage('masks follow the threshold, by the rule of the library', async (page, all) => {
  for (const { mode } of all.heads) await showsMask(page, all, mode, 0.5);
  await page.focus('#threshold');
  for (let k = 0; k < 20; k++) await page.keyboard.press('ArrowLeft');
  assert.is(await page.getAttribute('#threshold', 'aria-valuetext'), '0.30');
  for (const { mode } of all.heads) await showsMask(page, all, mode, 0.3);
  const head = all.heads.find(({ mode }) => mode === 'L2')!;
  const [share, wide] = [0.5, 0.3].map((threshold) => percent(markedShare(maskOf(head, threshold))));
  assert.is.not(share, wide);
  const diceAt = (threshold: number) => diceWith(maskOf(head, threshold), all.truth).toFixed(3);
  assert.is(
    await label(page, '[data-mode=L2] canvas'),
    `The mask of L2, ${wide} marked, threshold 0.30, Dice ${diceAt(0.3)}`,
  );
  await page.click('text=Back to the model’s own');
  await showsMask(page, all, 'L2', 0.5);
  assert.is(
    await label(page, '[data-mode=L2] canvas'),
    `The mask of L2, ${share} marked, threshold 0.50, Dice ${diceAt(0.5)}`,
  );
});

onPage('where a mask is wrong is drawn in place of it', async (page, all) => {
  await page.focus('#view input:checked');
  await page.keyboard.press('ArrowRight');
  for (const { mode } of all.heads) await showsMask(page, all, mode, 0.5, true);
  assert.is(await page.locator('.compare .legend').textContent(), Object.keys(COMPARISON_COLOURS).join(''));
});

onPage('pictures are enlarged and moved together, by the keyboard', async (page) => {
  const [first, last] = [page.locator('.pane').first(), page.locator('.pane').last()];
  const width = await first.evaluate((pane) => pane.scrollWidth);
  await page.focus('#zoom input:checked');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((before) => document.querySelector('.pane')!.scrollWidth > 3.9 * before, width);
  const top = await first.evaluate((pane) => pane.scrollTop);
  assert.is(top, (3 * (await first.evaluate((pane) => pane.clientHeight))) / 2, 'the middle stays in the middle');
  await first.focus();
  for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowDown');
  await page.waitForFunction((before) => document.querySelector('.pane')!.scrollTop > before, top);
  await page.waitForFunction(() => {
    const panes = [...document.querySelectorAll('.pane')];
    return panes.every(({ scrollTop }) => scrollTop === panes[0]!.scrollTop);
  });
  assert.ok((await last.evaluate((pane) => pane.scrollTop)) > top);
});

onPage('each output is told with its time, size and Dice, and one is marked', async (page, { heads, model }) => {
  const rows = await page.$$eval('#costs tbody tr', (all) =>
    all.map((row) => [...row.children].map((c) => c.textContent)),
  );
  assert.equal(
    rows.map(([name, dice]) => [name, dice]),
    heads.map(({ mode, dice }) => [mode === 'accurate' ? 'mean' : mode, dice!.toFixed(3)]),
  );
  assert.equal(rows[0]!.slice(2), ['0.8 ms', '1,709', '7 KB', '3.5 million']);
  const verdict = await page.textContent('#verdict');
  const marked = await page.getAttribute('.head.marked', 'data-mode');
  assert.ok(verdict!.startsWith(marked === 'accurate' ? 'The mean is' : `${marked} is`), verdict!);
  assert.is(model.outputs.length, rows.length);
});

/** The same image as a slice of a stack, with two classes beside the background. */
function withClasses(all: Fixtures): Fixtures {
  const heads = all.heads.map((head) => {
    const probs = Float32Array.from({ length: 3 * head.probs.length }, (_, k) => {
      const p = head.probs[Math.floor(k / 3)]!;
      return [1 - p, 0.3 * p, 0.7 * p][k % 3]!;
    });
    return { ...head, classes: 3, probs };
  });
  const config = { ...all.model.config, classes: 3 };
  return {
    ...all,
    heads,
    image: { ...all.image, slices: 5 },
    model: { ...all.model, config, classNames: ['oedema', 'core'] },
  };
}

onPage('classes have their colours, and the slices of a stack a slider', async (page, all) => {
  const stack = withClasses(all);
  await page.evaluate((shown) => gallery.show(shown), stack);
  await page.waitForSelector('#slice');
  assert.is(await page.locator('#threshold').count(), 0, 'the most probable class needs no threshold');
  assert.equal(await page.locator('.compare .legend li').allTextContents(), ['oedema', 'core']);
  for (const { mode } of stack.heads) await showsMask(page, stack, mode, 0.5);
  await page.focus('#slice');
  await page.keyboard.press('ArrowRight');
  assert.is(await page.getAttribute('#slice', 'aria-valuetext'), '2 of 5');
});

onPage('nodes are moved among by the arrow keys, and chosen by Enter', async (page, { features }) => {
  await page.focus('.node[tabindex="0"]');
  const focused = () => page.evaluate(() => document.activeElement!.getAttribute('aria-label'));
  assert.is(await focused(), 'X(0,0), 4 channels at full size, needed by L1, L2, L3, L4 and the mean');
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
  assert.is(await focused(), 'X(1,2), 8 channels at half size, needed by L3, L4 and the mean');
  assert.is(await page.locator('.node[tabindex="0"]').count(), 1, 'one stop of the Tab key');
  await page.keyboard.press('Enter');
  assert.is(await page.textContent('#node .formula'), 'X(1,2) = H([X(1,0), X(1,1), U(X(2,1))])');
  assert.match((await page.textContent('#node .hint'))!, 'Its 8 channels, 32x32 values each');
  assert.is(await page.locator('#node .picture').count(), 8);
  assert.is(await label(page, '#node .picture:nth-child(3)'), 'X(1,2), channel 3 of 8 by strength');
  const { maps } = features.find(({ i, j }) => i === 1 && j === 2)!;
  const drawnMap = await page.$eval('#node .picture', (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    return [...(canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data];
  });
  assert.equal(drawnMap, [...rgbaOf(maps[0]!)]);
});

onPage('an output lights the nodes that it needs, and says what pruning to it leaves', async (page) => {
  const lit = () => page.$$eval('.node.lit', (nodes) => nodes.map((node) => node.getAttribute('data-node')).join(' '));
  assert.is((await lit()).split(' ').length, 15);
  await page.focus('#network-output input:checked');
  for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowLeft');
  await page.waitForSelector('#network-output input[value=L2]:checked');
  assert.is(await lit(), '0,0 0,1 0,2 1,0 1,1 2,0');
  assert.is(await page.locator('.arrow.lit').count(), 9, 'what these six nodes read of each other');
  assert.is(
    await page.textContent('#pruning'),
    'What pruning to L2 leaves: 8,289 of 142.7 thousand parameters, 30.1% of the multiply-adds.',
  );
});

const views: View[] = [
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'dark' },
];

onPage(
  'all of it fits into 360 pixels, and can be read in light and dark',
  async (page, all) => {
    await page.click('.plan summary');
    await tell(page, ...course(all));
    await page.click('[data-node="1,2"]');
    await page.click('.network .details summary');
    await page.click('#network-output label:has(input[value=L1])');
    await page.waitForSelector('.node.dim');
    assert.equal(await beyond(page), []);
    assert.is(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    assert.equal(await faint(page), []);
  },
  views,
);

test.after(() => browser?.close());

test.run();
