import { describe, expect, it } from 'vitest';
import { fileInput, firstPixel, open } from '../page.js';
import { plainPng } from '../plain-png.js';
import { PICTURE, POOLED } from '../pooled-picture.js';
import type { SharedPage } from '../shared-page.js';

export function describePictureSource(shared: SharedPage): void {
  describe('the choice of a picture', () => {
    it('takes a picture of the reader’s, and reports a file that is not a picture', async () => {
      const { page, complaints } = await shared.opened();
      const buffer = await plainPng(300, 700, { r: 200, g: 40, b: 90 });
      const file = fileInput(page, 'pool');
      await file.setInputFiles({ name: 'mine.png', mimeType: 'image/png', buffer });
      await expect.poll(() => firstPixel(page, PICTURE)).toEqual([200, 40, 90]);
      await expect.poll(() => firstPixel(page, POOLED)).toEqual([200, 40, 90]);
      const note = page.getByTestId('picture-note');
      expect(await note.textContent()).toBe(
        'Your picture has 300×700 pixels. The page uses its middle square of 300×300, scaled to ' +
          '512×512. It stays in your browser.',
      );
      await file.setInputFiles({
        name: 'broken.png',
        mimeType: 'image/png',
        buffer: Buffer.from('no picture'),
      });
      await page.getByRole('alert').getByText('could not be read as a picture').waitFor();
      // It goes on with the one before, and a good one takes the message away.
      expect(await firstPixel(page, PICTURE)).toEqual([200, 40, 90]);
      await page.getByRole('button', { name: 'Cloth', exact: true }).click();
      await expect.poll(() => page.getByRole('alert').count()).toBe(0);
      await page.getByRole('button', { name: 'Camera', exact: true }).click();
      await page.getByRole('alert').getByText('The camera could not be used').waitFor();
      expect(complaints).toEqual([]);
    });

    it('shows what is transparent as white', async () => {
      const { page } = await shared.opened();
      const buffer = await plainPng(64, 64, { r: 0, g: 0, b: 0, alpha: 0 });
      await fileInput(page, 'pool').setInputFiles({
        name: 'clear.png',
        mimeType: 'image/png',
        buffer,
      });
      await expect.poll(() => firstPixel(page, PICTURE)).toEqual([255, 255, 255]);
    });

    it('takes a picture that is dropped on the panel', async () => {
      const { page } = await shared.opened();
      const bytes = [...(await plainPng(32, 32, { r: 10, g: 160, b: 80 }))];
      const isTaken = await page.locator('#pool .panel').evaluate((panel, all) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([new Uint8Array(all)], 'a.png', { type: 'image/png' }));
        const options = { bubbles: true, cancelable: true, dataTransfer };
        // What is not prevented, the browser would open instead of the page.
        return ['dragover', 'drop'].map(
          (name) => !panel.dispatchEvent(new DragEvent(name, options)),
        );
      }, bytes);
      expect(isTaken).toEqual([true, true]);
      await expect.poll(() => firstPixel(page, PICTURE)).toEqual([10, 160, 80]);
    });

    it('is reached by the keyboard once: its input for files is no stop', async () => {
      const { page } = await shared.opened();
      const stops = await page
        .locator('input[type=file]')
        .evaluateAll((all) => all.map((one) => (one as HTMLElement).tabIndex));
      expect(stops.length).toBeGreaterThan(0);
      expect(new Set(stops)).toEqual(new Set([-1]));
      expect(await page.getByRole('button', { name: 'Your picture', exact: true }).count()).toBe(1);
    });

    it('has no error for a black picture, and keeps the reader’s own over a reload', async () => {
      const options = { viewport: { width: 1280, height: 900 } };
      const own = await open(shared.browser, shared.address, options);
      const buffer = await plainPng(512, 512, { r: 0, g: 0, b: 0 });
      const file = fileInput(own.page, 'pool');
      await file.setInputFiles({ name: 'black.png', mimeType: 'image/png', buffer });
      await own.page.getByText(/kept, error 0\.0\s%/).waitFor({ timeout: 30_000 });
      await own.page.getByText(/error 0\.0\s%\. One pixel of each region/).waitFor();
      expect(await own.page.getByText('NaN').count()).toBe(0);
      await own.page.waitForURL(/picture=own/);
      await own.page.reload();
      await expect.poll(() => firstPixel(own.page, PICTURE)).toEqual([0, 0, 0]);
      // A link brings it back after another picture.
      await own.page.getByRole('button', { name: 'Cloth', exact: true }).click();
      await own.page.waitForURL(/picture=cloth/);
      await own.page.evaluate(() => {
        location.hash = 'picture=own';
      });
      await expect.poll(() => firstPixel(own.page, PICTURE)).toEqual([0, 0, 0]);
      await own.page.waitForURL(/picture=own/);
      // Nobody else has it: the same link elsewhere shows a picture of the page, and says which.
      const other = await open(shared.browser, own.page.url(), options);
      const tiles = other.page.getByRole('button', { name: 'Tiles and balls', exact: true });
      expect(await tiles.getAttribute('aria-pressed')).toBe('true');
      expect([...own.complaints, ...other.complaints]).toEqual([]);
      await own.page.context().close();
      await other.page.context().close();
    });

    it('shows a picture of the page where a browser blocks the data of sites', async () => {
      const context = await shared.browser.newContext();
      const own = await context.newPage();
      await own.addInitScript(() => {
        Object.defineProperty(globalThis, 'sessionStorage', {
          get() {
            throw new DOMException('The operation is insecure.', 'SecurityError');
          },
        });
      });
      await own.goto(`${shared.address}#picture=own`);
      const tiles = own.getByRole('button', { name: 'Tiles and balls', exact: true });
      expect(await tiles.getAttribute('aria-pressed')).toBe('true');
      // The reader's picture is used all the same.
      const buffer = await plainPng(9, 9, { r: 0, g: 0, b: 200 });
      const file = fileInput(own, 'pool');
      await file.setInputFiles({ name: 'blue.png', mimeType: 'image/png', buffer });
      await expect.poll(() => firstPixel(own, PICTURE)).toEqual([0, 0, 200]);
      await own.waitForURL(/picture=own/);
      expect(await own.getByRole('alert').count()).toBe(0);
      await context.close();
    });
  });
}
