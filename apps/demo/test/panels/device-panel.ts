import { describe, expect, it } from 'vitest';
import { numberOf } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeDevicePanel(shared: SharedPage): void {
  describe('the panel of the device', () => {
    it('measures this device, and says what it cannot', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#device').scrollIntoViewIfNeeded();
      await page.getByRole('button', { name: 'Measure this device' }).click();
      const table = page.locator('#device table');
      await expect.poll(() => table.locator('thead th').count(), { timeout: 60_000 }).toBe(4);
      const wasm = await table.locator('tbody tr td:nth-of-type(1)').allTextContents();
      expect(wasm).toHaveLength(5);
      for (const time of wasm) expect(numberOf(time)).toBeGreaterThan(0);
      expect(complaints.filter((text) => !/WebGL|webgl/.test(text))).toEqual([]);
    }, 90_000);
  });
}
