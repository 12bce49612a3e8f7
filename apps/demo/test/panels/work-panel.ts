import { describe, expect, it } from 'vitest';
import { numberOf } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeWorkPanel(shared: SharedPage): void {
  describe('the panel of accuracy against work', () => {
    it('trains networks at prices of work, and stops', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#work').scrollIntoViewIfNeeded();
      await page.getByRole('button', { name: 'Train eight networks' }).click();
      const status = page.getByTestId('work-status');
      await status.getByText(/λ 0: step [1-9]/).waitFor({ timeout: 40_000 });
      const first = page.locator('#work tbody tr').first();
      expect(numberOf(await first.locator('td').nth(1).textContent())).toBeGreaterThan(0.5);
      await page.locator('#work').getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('button', { name: 'Train eight networks' }).waitFor();
      const stopped = await first.textContent();
      await page.waitForTimeout(500);
      expect(await first.textContent()).toBe(stopped);
      expect(complaints).toEqual([]);
    });
  });
}
