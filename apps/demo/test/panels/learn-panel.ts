import { describe, expect, it } from 'vitest';
import { numberOf, setSlider } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeLearnPanel(shared: SharedPage): void {
  describe('the panel of two networks that learn', () => {
    it('learns: loss falls and strides move; it pauses, continues, and restarts', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#learn').scrollIntoViewIfNeeded();
      const status = page.getByTestId('learn-status');
      await expect.poll(() => status.textContent(), { timeout: 30_000 }).toMatch(/^step 0 of \d+/);
      const left = page.getByTestId('run-left');
      const lossOf = async () => numberOf(await left.getByTestId('loss').textContent());
      const stridesOf = () => left.getByTestId('strides').textContent();
      expect(await stridesOf()).toBe('3.00×3.00, 2.00×2.00');
      // Both runs start from the same strides, and show it by two rings of different sizes.
      const rings = page.getByRole('img', { name: /^Paths of the strides/ }).locator('circle');
      await expect.poll(() => rings.count()).toBe(4);
      const radii = await rings.evaluateAll((all) => all.map((one) => one.getAttribute('r')));
      expect(new Set(radii).size).toBe(2);
      await page.getByRole('button', { name: 'One step' }).click();
      await expect.poll(() => status.textContent()).toMatch(/^step 1 of/);
      const first = await lossOf();
      await page.getByRole('button', { name: 'Start' }).click();
      const stepNow = async () =>
        numberOf(/step (\d+)/.exec((await status.textContent()) ?? '')?.[1] ?? '0');
      await expect.poll(stepNow, { timeout: 40_000 }).toBeGreaterThan(30);
      await page.getByRole('button', { name: 'Pause' }).click();
      // A step that had begun is still made; none comes after it.
      let paused: string | null = null;
      const rests = async () => {
        const before = paused;
        paused = await status.textContent();
        return paused === before;
      };
      await expect.poll(rests, { interval: 400 }).toBe(true);
      expect(await lossOf()).toBeLessThan(first);
      expect(await stridesOf()).not.toBe('3.00×3.00, 2.00×2.00');
      // Strided convolutions keep theirs.
      expect(await page.getByTestId('run-right').getByTestId('strides').textContent()).toBe(
        '3.00×3.00, 2.00×2.00',
      );
      // One scale: a map of 16 values and one of 6 are as large.
      const sizes = await page
        .locator('.maps canvas')
        .evaluateAll((all) => [...new Set(all.map((map) => Math.round(map.clientWidth)))]);
      expect(sizes).toHaveLength(1);
      expect(sizes[0]).toBeGreaterThan(50);
      await page.getByRole('button', { name: 'Start' }).click();
      await expect.poll(() => status.textContent()).not.toBe(paused);
      await page.getByRole('button', { name: 'Reset' }).click();
      await expect.poll(() => status.textContent(), { timeout: 20_000 }).toMatch(/^step 0 of/);
      expect(await page.getByRole('img', { name: /^DiffStride says/ }).count()).toBe(1);
      const names = await page.locator('.bars > .hint').allTextContents();
      expect(names).toEqual(['DiffStride', 'Strided convolution']);
      expect(complaints).toEqual([]);
    });

    it('runs again after its last step', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#learn').scrollIntoViewIfNeeded();
      // Small maps, so that the last step comes soon.
      await setSlider(page, 'Stride of pooling 1', 4);
      await setSlider(page, 'Stride of pooling 2', 4);
      const status = page.getByTestId('learn-status');
      await page.getByTestId('run-right').getByText('4.00×4.00, 4.00×4.00').waitFor();
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await status.getByText('Finished: step 456 of 456').waitFor({ timeout: 60_000 });
      // It finishes with the test after the last epoch.
      expect(
        await page
          .getByTestId('run-left')
          .getByText(/\/ \d+\.\d\s%/)
          .count(),
      ).toBe(1);
      expect(await page.getByTestId('learn-announcement').textContent()).toBe(
        'The training has finished.',
      );
      await page.getByRole('button', { name: 'Run again' }).click();
      await status.getByText(/^step [1-9]\d* of 456/).waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await setSlider(page, 'Stride of pooling 1', 3);
      await setSlider(page, 'Stride of pooling 2', 2);
      await status.getByText(/^step 0 of/).waitFor();
      expect(complaints).toEqual([]);
    }, 90_000);

    it('says how much work a network does, and compares at equal work', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#learn').scrollIntoViewIfNeeded();
      const workOf = async (side: string) => {
        const text = await page.getByTestId(`run-${side}`).getByTestId('work').textContent();
        return numberOf(text);
      };
      expect((await workOf('left')) / (await workOf('right'))).toBeGreaterThan(4);
      await page.getByLabel(/^Equal work/).check();
      await expect
        .poll(async () => (await workOf('left')) / (await workOf('right')), { timeout: 30_000 })
        .toBeLessThan(1.3);
      expect(await page.getByTestId('run-right').getByTestId('strides').textContent()).toBe(
        '1.00×1.00, 2.00×2.00',
      );
      await page.getByLabel(/^Equal work/).uncheck();
      expect(complaints).toEqual([]);
    });
  });
}
