import { describe, expect, it } from 'vitest';
import { pixelsOf, setSlider } from '../page.js';
import { PICTURE } from '../pooled-picture.js';
import type { SharedPage } from '../shared-page.js';

export function describeBetweenPanel(shared: SharedPage): void {
  describe('the panel between whole strides', () => {
    it('pools between whole strides', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#between').scrollIntoViewIfNeeded();
      const strides = () => page.locator('#between figcaption b').allTextContents();
      const shown = ['Stride 2', 'Stride 2.37', 'Stride 3'];
      await expect.poll(strides, { timeout: 30_000 }).toEqual(shown);
      const original = await pixelsOf(page, PICTURE);
      const small = await pixelsOf(page, 'Your picture at a stride of 2.37');
      // 2·ceil(4 + 512/4.74)
      expect([original.width, small.width, small.height]).toEqual([512, 226, 226]);
      await setSlider(page, 'Stride, both axes', 3);
      await expect.poll(strides).toEqual(['Stride 3']);
      expect(complaints).toEqual([]);
    });
  });
}
