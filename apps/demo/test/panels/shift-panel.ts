import { describe, expect, it } from 'vitest';
import { colorsOf, pixelsOf } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeShiftPanel(shared: SharedPage): void {
  describe('the panel of shifted digits', () => {
    it('shifts a digit with the keys, and shows what networks make of it', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#shift').scrollIntoViewIfNeeded();
      await page.getByText(/DiffStride sees \d/).waitFor({ timeout: 30_000 });
      const at = page.getByTestId('shifted');
      await at.focus();
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
      expect(await page.getByTestId('moved').textContent()).toBe('1 up and 2 right');
      expect(await at.getAttribute('aria-label')).toContain('moved 1 up and 2 right;');
      const box = (await at.boundingBox())!;
      await page.mouse.move(box.x + 50, box.y + 50);
      await page.mouse.down();
      await page.mouse.move(box.x + 50, box.y + 50 + (3 * box.height) / 32);
      await page.mouse.up();
      expect(await page.getByTestId('moved').textContent()).toBe('2 down and 2 right');
      // The map at rest is dark in the middle: no shift, no change.
      const map = await pixelsOf(page, /^Strided convolution: mean change/);
      const middle = 4 * (6 * 13 + 6);
      expect([...map.data.slice(middle, middle + 3)]).toEqual([18, 24, 32]);
      expect(await page.locator('#shift svg path[stroke]').count()).toBeGreaterThanOrEqual(8);
      // Each line has its name at its end.
      const names = await page.locator('#shift .plot svg text').allTextContents();
      expect(names).toEqual(expect.arrayContaining(['DiffStride', 'Strided convolution', 'APS']));
      expect(complaints).toEqual([]);
    });

    it('shows what networks make of a digit that was drawn before they were loaded', async () => {
      const context = await shared.browser.newContext({ serviceWorkers: 'block' });
      let load = () => {};
      const drawn = new Promise<void>((resolve) => {
        load = resolve;
      });
      await context.route('**/models.json', async (route) => {
        await drawn;
        await route.continue();
      });
      const page = await context.newPage();
      await page.goto(shared.address);
      await page.locator('#shift').scrollIntoViewIfNeeded();
      const asked = page.waitForRequest('**/models.json');
      const pad = page.locator('#shift').getByLabel('A digit: draw your own');
      await pad.scrollIntoViewIfNeeded();
      await asked;
      const box = (await pad.boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2, box.y + box.height - 40);
      await page.mouse.up();
      const digit = async () => colorsOf(await pixelsOf(page, 'The digit where it is now'));
      await expect.poll(async () => Math.max(...(await digit()))).toBeGreaterThan(200);
      const own = await digit();
      load();
      await page.getByText(/DiffStride sees \d/).waitFor({ timeout: 30_000 });
      expect(await digit()).toEqual(own);
      await context.close();
    });
  });
}
