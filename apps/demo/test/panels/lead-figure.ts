import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeLeadFigure(shared: SharedPage): void {
  describe('the figure at the top', () => {
    it('shows its subject at once, with numbers of its own picture', async () => {
      const { page } = await shared.opened();
      const claim = page.getByTestId('claim');
      await claim.getByText('DiffStride’s error 19 %').waitFor({ timeout: 30_000 });
      expect(await claim.textContent()).toBe(
        '11\u00a0% of the numbers kept: DiffStride’s error 19\u00a0%, every third pixel’s 27\u00a0%, max pooling’s 36\u00a0%.',
      );
      const corner = async (label: RegExp) => {
        const { data } = await pixelsOf(page, label, 20);
        const reds = data.filter((_, i) => i % 4 === 0);
        return Math.max(...reds) - Math.min(...reds);
      };
      expect(await corner(/^Rings, after DiffStride/)).toBeLessThan(30);
      expect(await corner(/^Rings, after every third/)).toBeGreaterThan(50);
    });
  });
}
