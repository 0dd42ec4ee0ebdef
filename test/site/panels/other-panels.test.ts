/** What data hold, what is taken home, and what computes, as the page shows it. */
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { suite } from '../gallery-panels/suite.js';

await suite((panelTest) => {
  panelTest('a check shows what is wrong, what is odd, and what there is', async ({ page, show }) => {
    assert.is(await page.textContent('#look-status'), '48 images with masks can be trained on; 2 files cannot.');
    assert.is(await page.locator('#look-faults li').count(), 2);
    assert.match((await page.textContent('#look-remarks'))!, '3 masks without foreground');
    assert.match((await page.textContent('#look-classes'))!, 'tumour1.8%45');
    await page.getByRole('listbox', { name: 'Images of my-scans with their masks, 48 in all' }).waitFor();
    await show({ clean: true });
    assert.is(await page.textContent('#look-status'), '48 images with masks can be trained on; nothing is amiss.');
    assert.is(await page.locator('#look-faults, #look-remarks, #look-skipped').count(), 0);
  });

  panelTest('a model is saved as a file, and its address is given back', async ({ page, called }) => {
    await page.evaluate(() => {
      const revoke = URL.revokeObjectURL;
      URL.revokeObjectURL = (address) => {
        revoke.call(URL, address);
        document.body.dataset.revoked = address;
      };
    });
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Make model.safetensors' }).click();
    const download = await saving;
    assert.is(download.suggestedFilename(), 'model.safetensors');
    assert.is(readFileSync((await download.path())!).length, 2_298_608);
    assert.is(await page.textContent('#export-safetensors-status'), 'Made: model.safetensors, 2.2 MB');
    assert.equal(await called(), [['export safetensors']]);
    await page.waitForFunction(() => document.body.dataset.revoked?.startsWith('blob:'));
  });

  panelTest('masks and their tables are saved as one archive, and errors stand in place', async ({ page, show }) => {
    const saving = page.waitForEvent('download');
    await page.click('#export-masks');
    assert.is((await saving).suggestedFilename(), 'masks.zip');
    await page.waitForSelector('#export-masks-status >> text=Made: masks.zip, 2 KB');
    await show({ images: 0, fault: 'edge: the network has no size; export it with one' });
    assert.is(await page.locator('#export-masks').isDisabled(), true);
    await page.click('#export-edge');
    assert.is(
      await page.locator('#export-edge-error p').textContent(),
      'edge: the network has no size; export it with one',
    );
  });

  panelTest('what computes can be chosen', async ({ page, show, called }) => {
    assert.is(await page.textContent('#computing'), 'WebAssembly, 2 threads');
    assert.is(await page.textContent('#self-check'), 'Checked: it agrees with the reference.');
    await page.selectOption('#threads', '3');
    await page.locator('#backend input[value=webgpu]').check();
    assert.equal(await called(), [
      ['start', { backend: 'wasm', threads: 3 }],
      ['start', { backend: 'webgpu', threads: 3 }],
    ]);
    assert.is(await page.textContent('#computing'), 'WebGPU: Google SwiftShader');
    assert.is(await page.locator('#threads').isDisabled(), true);
    await show({ hasWebGpu: false });
    assert.is(await page.locator('#backend input').first().isDisabled(), true);
  });

  panelTest('diagnostics are copied, or selected where they cannot be', async ({ page }) => {
    await page.click('#diagnostics');
    const text = 'unetpp 0.1.0\nChromium 140\nWebAssembly, 2 threads';
    assert.is(await page.textContent('#diagnostics-text'), text);
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));
    });
    await page.getByRole('button', { name: 'Copy them' }).click();
    await page.getByText('Selected: copy it with the keyboard').waitFor();
    assert.is(await page.evaluate(() => String(getSelection())), text);
  });

  panelTest('what is kept is deleted once it was confirmed, in its place', async ({ page, show, called }) => {
    assert.match((await page.textContent('#storage-used'))!, '46.1 MB of the 11.2 GB');
    await page.getByRole('button', { name: 'Delete my-scans-2' }).click();
    assert.is(
      await page.evaluate(() => document.activeElement!.textContent),
      'Keep',
      'the focus is where no harm is done',
    );
    await page.keyboard.press('Enter');
    assert.is(await page.evaluate(() => document.activeElement!.getAttribute('aria-label')), 'Delete my-scans-2');
    assert.equal(await called(), []);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete my-scans-2 for good' }).click();
    await page.getByRole('button', { name: 'Delete my-scans-2', exact: true }).waitFor();
    assert.equal(await called(), [['forget my-scans-2']]);
    await show({ fault: 'phantom-1: a training uses it; stop it first' });
    await page.click('#forget-all');
    await page.getByRole('button', { name: 'Delete everything for good' }).click();
    assert.is(await page.locator('#storage-error p').textContent(), 'phantom-1: a training uses it; stop it first');
    assert.equal((await called()).at(-1), ['forget undefined']);
  });

  panelTest(
    'nothing is wider than a narrow screen',
    async ({ page }) => {
      assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    },
    { viewport: { width: 360, height: 700 } },
  );
});
