import { describe, expect, it } from 'vitest';
import { setSlider } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeSizesPanel(shared: SharedPage): void {
  describe('the panel of sizes', () => {
    it('counts what the masks of kernels, widths and depths keep', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#sizes').scrollIntoViewIfNeeded();
      const text = page.getByTestId('sizes');
      await text.getByText('5×5 taps, 14 channels and 5 blocks').waitFor({ timeout: 30_000 });
      await setSlider(page, 'Kernel size', 3);
      // 3²·14·5 of 11²·24·8
      await text.getByText('3×3 taps, 14 channels and 5 blocks: 2.7 %').waitFor();
      expect(complaints).toEqual([]);
    });
  });
}
