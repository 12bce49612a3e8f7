import { cards } from '@ds/weights';
import { describe, expect, it } from 'vitest';
import { fileInput, firstPixel, open } from '../page.js';
import { plainPng } from '../plain-png.js';
import type { SharedPage } from '../shared-page.js';

export function describeSeePanel(shared: SharedPage): void {
  describe('the panel that sees pictures', () => {
    it('sees a picture, and the same under shifts by a pixel', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#see').scrollIntoViewIfNeeded();
      const names = Object.keys(cards).filter((name) => name.startsWith('cifar10-'));
      for (const name of names) {
        const one = page.getByTestId(name);
        await one.waitFor({ timeout: 30_000 });
        expect(await one.locator('ol li').count()).toBe(3);
        expect(await one.locator('td').count()).toBe(9);
      }
      // A picture of one colour is the same after every shift.
      const buffer = await plainPng(60, 40, { r: 90, g: 140, b: 220 });
      const file = fileInput(page, 'see');
      await file.setInputFiles({ name: 'sky.png', mimeType: 'image/png', buffer });
      await expect.poll(() => firstPixel(page, /^The picture as the/)).toEqual([90, 140, 220]);
      for (const name of names) {
        const cells = () => page.getByTestId(name).locator('td').allTextContents();
        await expect.poll(async () => new Set(await cells()).size).toBe(1);
        await page.getByTestId(name).getByText('0 of 8 shifts').waitFor();
      }
      await page.locator('#see').getByText('The middle square of your picture of 60×40').waitFor();
      // DiffStride and the strided convolution come first, with their work.
      const heads = await page.locator('#see h3').allTextContents();
      expect(heads.slice(0, 2)).toEqual(['DiffStride', 'Strided convolution']);
      await page.getByTestId('cifar10-resnet18-diffstride').getByText('70 million').waitFor();
      await page.locator('#see').getByRole('button', { name: 'Draw', exact: true }).click();
      const sheet = (await page.getByRole('img', { name: 'A sheet to draw on' }).boundingBox())!;
      await page.mouse.move(sheet.x + 8, sheet.y + 8);
      await page.mouse.down();
      await page.mouse.move(sheet.x + 200, sheet.y + 8, { steps: 4 });
      await page.mouse.up();
      // The pen is blue.
      const isDrawn = async () => {
        const [red, , blue] = await firstPixel(page, /^The picture as the/);
        return red! < 200 && blue! > red!;
      };
      await expect.poll(isDrawn).toBe(true);
      await file.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no') });
      await page.locator('#see').getByText('could not be read as a picture').waitFor();
      await page.locator('#see').getByText('Use JPEG, PNG, WebP, AVIF or GIF.').waitFor();
      // The picture before stays, and so does the button that is pressed.
      await page.getByRole('button', { name: 'Classify cloth' }).click();
      await page.locator('#see [aria-pressed=true]', { hasText: 'Cloth' }).waitFor();
      await file.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no') });
      await page.locator('#see').getByText('could not be read as a picture').waitFor();
      await page.locator('#see [aria-pressed=true]', { hasText: 'Cloth' }).waitFor();
      expect(complaints).toEqual([]);
    });

    it('says that its networks could not be loaded, and the console says why', async () => {
      const { page, complaints } = await open(shared.browser, `${shared.address}#see`, {
        serviceWorkers: 'block',
      });
      await page.context().route('**/sizes-panel-*.js', (route) => route.abort());
      await page.context().route('**/*.safetensors', (route) => route.abort());
      await page.locator('#see').scrollIntoViewIfNeeded();
      const say = 'The trained networks could not be loaded. Connect to the network and try again.';
      await page.locator('#see').getByRole('alert').getByText(say).waitFor({ timeout: 30_000 });
      await page.locator('#hear').scrollIntoViewIfNeeded();
      await page.getByRole('button', { name: 'A spoken 7' }).click();
      await page.locator('#hear').getByRole('alert').getByText(say).waitFor({ timeout: 30_000 });
      expect(complaints.filter((text) => /^console: .*safetensors/.test(text))).not.toEqual([]);
      await page.locator('#sizes').scrollIntoViewIfNeeded();
      await page.getByText('This part could not be loaded. Connect to the network').waitFor();
      await page.context().close();
    });
  });
}
