import { describe, expect, it } from 'vitest';
import { numberOf, open } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeDevicePanel(shared: SharedPage): void {
  describe('the panel of the device', () => {
    it('measures this device, and says what it cannot', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#device').scrollIntoViewIfNeeded();
      await page.getByRole('button', { name: 'Measure this device' }).click();
      const table = page.locator('#device table');
      await expect.poll(() => table.locator('thead th').count(), { timeout: 60_000 }).toBe(4);
      await page.getByTestId('measured').getByText('3 of 3 backends measured').waitFor();
      expect(await page.locator('#device [role=status] table').count()).toBe(0);
      const wasm = await table.locator('tbody tr td:nth-of-type(1)').allTextContents();
      expect(wasm).toHaveLength(5);
      for (const time of wasm) expect(numberOf(time)).toBeGreaterThan(0);
      expect(complaints.filter((text) => !/WebGL|webgl/.test(text))).toEqual([]);
    }, 90_000);

    it('says which backend it uses and why, also after one that does not start', async () => {
      const { page } = await open(shared.browser, shared.address, { serviceWorkers: 'block' });
      await page.locator('#device').scrollIntoViewIfNeeded();
      const text = () => page.locator('#device .panel p').first().textContent();
      await expect
        .poll(text)
        .toMatch(/^Pictures are pooled on wasm.*: the default of this page\.$/);
      await page.getByLabel('Backend').selectOption('webgpu');
      await expect
        .poll(text)
        .toMatch(/: WebGPU does not start in this browser, so WebAssembly is used\.$/);
      expect(await page.getByLabel('Backend').inputValue()).toBe('wasm');
      // It can be asked for again.
      await page.getByLabel('Backend').selectOption('webgpu');
      await expect.poll(() => page.getByLabel('Backend').inputValue()).toBe('wasm');
      await page.context().close();
    });
  });
}
