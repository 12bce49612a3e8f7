import { describe, expect, it } from 'vitest';
import { pixelsOf, setSlider } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeSpansPanel(shared: SharedPage): void {
  describe('the panel of spans', () => {
    it('draws the mask of a span as it is', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#spans').scrollIntoViewIfNeeded();
      const weights = () => pixelsOf(page, /^Attention weights/);
      await expect.poll(async () => (await weights()).width, { timeout: 30_000 }).toBe(64);
      await setSlider(page, 'z, span', 4);
      // With z + R = 12 the last position reads at most twelve back: before them all is background.
      await expect
        .poll(async () => {
          const { data } = await weights();
          return Array.from({ length: 64 }, (_, k) => data[4 * (63 * 64 + k)]! > 18).indexOf(true);
        })
        .toBeGreaterThanOrEqual(64 - 13);
      expect(complaints).toEqual([]);
    });
  });
}
