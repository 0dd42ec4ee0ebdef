/** A mask is corrected on the page, by mouse, by fingers and by keys, to the very pixels. */
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { eachRow, type Pixel } from '../../../site/app/correct/brush.js';
import { type Panels, suite } from '../gallery-panels/suite.js';

/** The side of the plain image. */
const SIDE = 64;

/** The mask that is left of strokes on an empty one; the pixel that they lead through. */
function strokes(radius: number, label: number, way: readonly Pixel[], data = new Array<number>(SIDE * SIDE).fill(0)) {
  way.forEach((to, k) => {
    eachRow(way[Math.max(0, k - 1)]!, to, radius, { width: SIDE, height: SIDE }, (y, start, end) => {
      data.fill(label, y * SIDE + start, y * SIDE + end);
    });
  });
  return data;
}

/** Where the middle of a pixel is on the page, while the whole image is shown. */
async function pointOf(page: Page, { x, y }: Pixel): Promise<[number, number]> {
  const box = (await page.locator('#correct-canvas').boundingBox())!;
  const scale = Math.min(box.width, box.height) / SIDE;
  const left = box.x + (box.width - scale * SIDE) / 2;
  const top = box.y + (box.height - scale * SIDE) / 2;
  return [left + (x + 0.5) * scale, top + (y + 0.5) * scale];
}

/** A stroke in single jumps from point to point, as a fast hand makes it. */
async function stroke(page: Page, ...way: Pixel[]): Promise<void> {
  for (const [k, pixel] of way.entries()) {
    await page.mouse.move(...(await pointOf(page, pixel)));
    if (k === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

async function keep({ page, kept }: Panels): Promise<number[]> {
  await page.click('#correct-keep');
  await page.waitForSelector('#correct-status >> text=Kept.');
  return kept();
}

/** The colour that is shown at a place of the canvas, in its own pixels. */
function shownAt(page: Page, x: number, y: number): Promise<number[]> {
  return page.evaluate(
    async ([x, y]) => {
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      const canvas = document.querySelector<HTMLCanvasElement>('#correct-canvas')!;
      return [...canvas.getContext('2d')!.getImageData(x!, y!, 1, 1).data];
    },
    [x, y],
  );
}

async function plain(panels: Panels): Promise<void> {
  await panels.show({ subject: 'plain' });
  await panels.page.locator('#correct-canvas').scrollIntoViewIfNeeded();
}

await suite((panelTest) => {
  panelTest('strokes paint and erase the pixels under them, without gaps', async (panels) => {
    await plain(panels);
    const { page } = panels;
    const way = [
      { x: 5, y: 8 },
      { x: 58, y: 30 },
      { x: 12, y: 55 },
    ];
    await stroke(page, ...way);
    const painted = strokes(2, 1, way);
    assert.equal(await keep(panels), painted);
    await page.locator('#correct-tool input[value=erase]').check();
    await page.locator('#correct-canvas').scrollIntoViewIfNeeded();
    const across = [
      { x: 30, y: 2 },
      { x: 31, y: 60 },
    ];
    await stroke(page, ...across);
    assert.is(await page.textContent('#correct-status'), 'Changed since it was kept.');
    assert.equal(await keep(panels), strokes(2, 0, across, painted));
  });

  panelTest('strokes are undone, redone, and given up for the prediction', async (panels) => {
    await plain(panels);
    const { page } = panels;
    assert.is(await page.locator('#correct-undo').isDisabled(), true);
    const [first, second] = [
      [{ x: 10, y: 10 }],
      [
        { x: 40, y: 40 },
        { x: 50, y: 20 },
      ],
    ];
    await stroke(page, ...first!);
    await stroke(page, ...second!);
    await page.click('#correct-undo');
    assert.equal(await keep(panels), strokes(2, 1, first!));
    await page.click('#correct-redo');
    assert.equal(await keep(panels), strokes(2, 1, second!, strokes(2, 1, first!)));
    await page.click('#correct-reset');
    assert.equal(await keep(panels), strokes(2, 1, []));
    await page.locator('#correct-canvas').focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    assert.equal(await keep(panels), strokes(2, 1, first!));
  });

  panelTest('keys alone correct a mask, and say where the brush is', async (panels) => {
    await plain(panels);
    const { page } = panels;
    await page.locator('#correct-canvas').focus();
    await page.keyboard.press(']');
    await page.keyboard.press('Space');
    const middle = { x: 32, y: 32 };
    assert.is(await page.textContent('.mask-where'), 'Column 32, row 32: cell');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    const end = await page.textContent('.mask-where');
    const [x, y] = [...end!.matchAll(/\d+/g)].map(Number) as [number, number];
    assert.ok(x > 32 && y > 32, end!);
    assert.equal(
      await keep(panels),
      strokes(
        3,
        1,
        [
          { x, y: 32 },
          { x, y },
        ],
        strokes(3, 1, [middle]),
      ),
    );
    await page.locator('#correct-canvas').focus();
    await page.keyboard.press('e');
    for (let k = 0; k < 80; k++) await page.keyboard.press('ArrowLeft');
    assert.is(await page.textContent('.mask-where'), `Column 0, row ${y}: background`);
    assert.is(await page.locator('#correct-tool input:checked').inputValue(), 'erase');
    const canvas = page.getByRole('application', { name: 'Mask of plain, 64 by 64 pixels' });
    assert.is(await canvas.getAttribute('aria-describedby'), 'correct-keys');
  });

  panelTest(
    'the mask lies over its image in the colour of its class, as strongly as it is asked to',
    async (panels) => {
      await plain(panels);
      const { page } = panels;
      await page.locator('#correct-canvas').focus();
      for (let k = 0; k < 6; k++) await page.keyboard.press(']');
      await page.keyboard.press('Space');
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      const middle = await page.evaluate(() => {
        const { width, height } = document.querySelector<HTMLCanvasElement>('#correct-canvas')!;
        return [Math.floor(width / 2) + 8, Math.floor(height / 2) + 8];
      });
      // What was changed is drawn with one of the next frames.
      const drawn = () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
      const seen = async () => {
        await page.evaluate(drawn);
        return shownAt(page, middle[0]!, middle[1]!);
      };
      // A quarter of the green of the first class, (20, 210, 130), over grey.
      const tinted = await seen();
      const off = [73, 120, 100, 255].map((value, c) => Math.abs(tinted[c]! - value));
      assert.ok(Math.max(...off) <= 1, tinted.join(' '));
      await page.locator('#correct-opacity').fill('100');
      assert.equal(await seen(), [20, 210, 130, 255]);
      await page.locator('#correct-shown').uncheck();
      assert.equal(await seen(), [90, 90, 90, 255]);
    },
  );

  panelTest('the wheel zooms where the picture was clicked, and the page scrolls where it was not', async (panels) => {
    await plain(panels);
    const { page } = panels;
    await page.mouse.move(...(await pointOf(page, { x: 32, y: 32 })));
    await page.mouse.wheel(0, -400);
    assert.equal(await shownAt(page, 1, 200), [0, 0, 0, 0], 'beside the image');
    await page.locator('#correct-canvas').scrollIntoViewIfNeeded();
    await page.locator('#correct-tool input[value=move]').check();
    await page.locator('#correct-canvas').focus();
    await page.locator('#correct-canvas').scrollIntoViewIfNeeded();
    await page.mouse.move(...(await pointOf(page, { x: 32, y: 32 })));
    await page.mouse.wheel(0, -400);
    assert.equal(await shownAt(page, 1, 200), [90, 90, 90, 255], 'the image fills the canvas');
    await page.getByRole('button', { name: 'Show the whole image' }).click();
    assert.equal(await shownAt(page, 1, 200), [0, 0, 0, 0]);
  });

  panelTest(
    'two fingers move and zoom, and take back what the first has painted',
    async (panels) => {
      await plain(panels);
      const { page } = panels;
      const session = await page.context().newCDPSession(page);
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: (readonly [number, number])[]) =>
        session.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: points.map(([x, y], id) => ({ x, y, id })),
        });
      const [a, b] = [await pointOf(page, { x: 24, y: 32 }), await pointOf(page, { x: 40, y: 32 })];
      await touch('touchStart', a);
      await touch('touchStart', a, b);
      await touch('touchMove', [a[0] - 60, a[1]], [b[0] + 60, b[1]]);
      await touch('touchEnd');
      assert.equal(await shownAt(page, 1, 200), [90, 90, 90, 255], 'the image fills the canvas');
      assert.equal(await keep(panels), strokes(2, 1, []));
      await page.getByRole('button', { name: 'Show the whole image' }).tap();
      await page.locator('#correct-canvas').scrollIntoViewIfNeeded();
      const c = await pointOf(page, { x: 20, y: 20 });
      await touch('touchStart', c);
      await touch('touchEnd');
      assert.equal(await keep(panels), strokes(2, 1, [{ x: 20, y: 20 }]));
    },
    { hasTouch: true },
  );

  panelTest('a correction that cannot be kept says why, and is not said to be', async (panels) => {
    await panels.show({ subject: 'plain', fault: 'the browser allows no more than 10 MB; delete a training' });
    await panels.page.click('#correct-keep');
    const error = panels.page.locator('#correct-error p');
    assert.is(await error.textContent(), 'the browser allows no more than 10 MB; delete a training');
    assert.is(await panels.page.textContent('#correct-status'), '');
  });

  panelTest('a class is chosen by name or number, and another image begins anew', async (panels) => {
    const { page } = panels;
    await page.locator('#correct-canvas').focus();
    await page.keyboard.press('2');
    assert.is(await page.locator('#correct-class input:checked').inputValue(), '2');
    await page.keyboard.press('Space');
    assert.is(await page.textContent('.mask-where'), 'Column 128, row 128: vessel');
    await page.keyboard.press('9');
    assert.is(await page.locator('#correct-class input:checked').inputValue(), '2', 'there is no ninth class');
    await panels.show({ subject: 'plain' });
    assert.is(await page.locator('#correct-class').count(), 0);
    assert.is(await page.locator('#correct-undo').isDisabled(), true);
    await page.getByRole('button', { name: 'Train on the 2 corrected images' }).click();
    assert.is((await panels.called()).at(-1)![0], 'train');
    await panels.show({ subject: 'none', kept: 0 });
    assert.is(await page.locator('#correct .empty').textContent(), 'Nothing to correct yet: segment an image first.');
  });
});
