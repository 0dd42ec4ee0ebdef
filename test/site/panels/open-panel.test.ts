/** Files, folders and samples are opened on the page, by dropping and by choosing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../gallery-panels/suite.js';

const file = (name: string, bytes = 3) => ({ name, mimeType: 'image/png', buffer: Buffer.alloc(bytes) });

/** Drops files that a script has made, with a folder's paths left out. */
async function drop(page: Page, names: readonly string[]): Promise<void> {
  await page.evaluate((names) => {
    const dataTransfer = new DataTransfer();
    for (const name of names) dataTransfer.items.add(new File(['abc'], name));
    const event = (type: string) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event('dragover'));
    document.body.dispatchEvent(event('drop'));
  }, names);
}

/** Drops files and folders of the disk, as a person does from a file manager. */
async function dropFromDisk(page: Page, paths: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const box = (await page.locator('.drop-area').boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + 20 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
}

await suite((panelTest) => {
  panelTest('files are chosen by the keyboard, and can be chosen again', async ({ page, called }) => {
    await page.locator('#files').focus();
    for (let time = 0; time < 2; time++) await page.setInputFiles('#files', [file('b.png'), file('a.png', 5)]);
    const expected = ['files', 'dropped', ['a.png: 5', 'b.png: 3']];
    assert.equal(await called(), [expected, expected]);
    await page.keyboard.press('Tab');
    assert.is(await page.evaluate(() => document.activeElement!.id), 'folder');
    assert.is(await page.locator('#folder').evaluate((input: HTMLInputElement) => input.webkitdirectory), true);
  });

  panelTest(
    'a folder is dropped from the disk with all that is in it, but for hidden files',
    async ({ page, called }) => {
      const home = mkdtempSync(join(tmpdir(), 'unetpp-drop-'));
      try {
        for (const folder of ['images', 'masks']) {
          mkdirSync(join(home, 'cells', folder), { recursive: true });
          for (let k = 0; k < 130; k++) writeFileSync(join(home, 'cells', folder, `${k}.png`), 'abcd');
        }
        writeFileSync(join(home, 'cells', '.DS_Store'), '');
        await dropFromDisk(page, [join(home, 'cells')]);
        await page.waitForFunction(
          () => (globalThis as unknown as { gallery: { called: [] } }).gallery.called.length > 0,
        );
        const [[name, folder, files]] = (await called()) as [[string, string, string[]]];
        assert.equal([name, folder, files.length], ['files', 'cells', 260]);
        assert.equal([files[0], files.at(-1)], ['images/0.png: 4', 'masks/99.png: 4']);
      } finally {
        rmSync(home, { recursive: true });
      }
    },
  );

  panelTest('a drop without files says so, and one beside the area is taken, too', async ({ page, called }) => {
    await drop(page, ['.DS_Store', 'Thumbs.db']);
    const error = page.locator('#drop-error p');
    assert.is(
      await error.textContent(),
      'There are only 2 hidden files in what was dropped; drop image files, or a folder with images',
    );
    const empty = mkdtempSync(join(tmpdir(), 'unetpp-empty-'));
    await dropFromDisk(page, [empty]);
    await page.waitForSelector('#drop-error >> text=There is no file in what was dropped');
    rmSync(empty, { recursive: true });
    await drop(page, ['scan.nii.gz']);
    assert.equal(await called(), [['files', 'scan', ['scan.nii.gz: 3']]]);
    await error.waitFor({ state: 'detached' });
  });

  panelTest('ten thousand files are dropped at once', async ({ page, called }) => {
    await drop(
      page,
      Array.from({ length: 10_000 }, (_, k) => `${k}.png`),
    );
    const [[, , files]] = (await called()) as [[string, string, string[]]];
    assert.is(files.length, 10_000);
  });

  panelTest(
    'while files are read nothing else is begun, and it is seen how far it is',
    async ({ page, show, called }) => {
      const progress = { phase: 'reading', done: 120, total: 500 } as const;
      await show({ reading: { name: 'cells', progress } });
      const bar = page.getByRole('progressbar', { name: 'Reading cells' });
      assert.equal([await bar.getAttribute('value'), await bar.getAttribute('max')], ['120', '500']);
      assert.is(await page.locator('#open .progress .figures').textContent(), '120 of 500');
      await drop(page, ['a.png']);
      for (const id of ['#files', '#folder', '#phantom', '#sample-nuclei']) {
        assert.is(await page.locator(id).isDisabled(), true, id);
      }
      await show({ reading: null, error: 'a.png: not an image; open it in a viewer to see what it is' });
      assert.match((await page.locator('#open-error').textContent())!, 'a.png: not an image');
      assert.equal(await called(), []);
    },
  );

  panelTest('samples and the phantom are a click away', async ({ page, called }) => {
    await page.getByRole('button', { name: 'Cell nuclei' }).click();
    await page.getByRole('button', { name: 'Begin with the phantom' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(
      (await called()).map(([name, id]) => (name === 'sample' ? id : name)),
      ['nuclei', 'phantom'],
    );
  });

  panelTest('of five hundred images only those in view are on the page', async ({ page, show, called }) => {
    await show({ images: 500 });
    const list = page.getByRole('listbox', { name: 'Images, 500 in all' });
    await list.getByRole('option', { name: 'patient-0001/slice.png' }).locator('.there').waitFor();
    await list.getByRole('option', { name: 'patient-0007/slice.png' }).getByText('cannot be read').waitFor();
    assert.ok((await list.getByRole('option').count()) < 100);
    await list.focus();
    await page.keyboard.press('End');
    const last = list.getByRole('option', { name: 'patient-0500/slice.png' });
    await last.locator('.there').waitFor();
    assert.ok((await list.getByRole('option').count()) < 100);
    assert.is(await list.getAttribute('aria-activedescendant'), await last.getAttribute('id'));
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    assert.equal(await called(), [['choose', 'patient-0499/slice.png']]);
    const chosen = list.getByRole('option', { name: 'patient-0499/slice.png' });
    assert.is(await chosen.getAttribute('aria-selected'), 'true');
    assert.is(await chosen.getAttribute('aria-posinset'), '499');
    await last.click();
    assert.is((await called()).length, 2);
  });

  panelTest('the mask of an image is shown over it, and taken away', async ({ page }) => {
    const colours = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('#segmented canvas')!;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let coloured = 0;
        for (let i = 0; i < data.length; i += 4) coloured += Number(data[i] !== data[i + 1]);
        return coloured;
      });
    // A circle of 0.09 times the width: 2.5 % of 256 x 256 pixels.
    assert.is(Math.round((1000 * (await colours())) / 256 ** 2), 25);
    assert.match((await page.locator('.segmented-about').textContent())!, /brain, L4, in 181 ms.*2\.5% of the image/);
    await page.getByRole('img', { name: 'patient-0012/slice.png with its mask' }).waitFor();
    await page.locator('#segmented-view input[value=image]').check();
    assert.is(await colours(), 0);
  });
});
