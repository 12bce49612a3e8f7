import { useBackend } from '@ds/backend';
import { diffStride } from '@ds/layers/ops';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { numberOf, type Pixels, pixelsOf, setSlider } from '../page.js';
import { expectPooledAsInNode, imageOf, pooledSize } from '../pooled-picture.js';
import type { SharedPage } from '../shared-page.js';

export function describePoolPanel(shared: SharedPage): void {
  describe('the panel that pools a picture', () => {
    it('is interactive soon, pools as the library does, and follows its sliders', async () => {
      // Two seconds on a machine with nothing else to do. Tests share theirs, so one of three
      // counts.
      const times: number[] = [];
      while (times.length < 3 && !times.some((time) => time < 4_000)) {
        await shared.leave();
        const start = performance.now();
        const opened = await shared.opened();
        await opened.page.getByRole('slider', { name: 'Stride down' }).waitFor();
        times.push(performance.now() - start);
      }
      expect(Math.min(...times)).toBeLessThan(4_000);
      const { page, complaints } = await shared.opened();
      await setSlider(page, 'Stride down', 2);
      await setSlider(page, 'Stride across', 4);
      await setSlider(page, 'R, smoothness', 4);
      // 2·ceil(4 + 512/4) down, 2·ceil(4 + 512/8) across.
      await pooledSize(page, 264, 136);
      const original = await expectPooledAsInNode(page, [2, 4], 4);
      // The error of what is left: by the picture itself, uncropped.
      const caption = await page.getByText(/DiffStride, 264×136/).textContent();
      expect(numberOf(/error ([\d.]+)/.exec(caption!)![1]!)).toBeCloseTo(
        await errorInNode(original),
        0,
      );
      await page.getByText('fractional max, 264×136').waitFor();
      // Masks of equal strides are one line, so one of the two is dashed.
      expect(await page.locator('#pool .plot [stroke-dasharray]').count()).toBe(1);
      // BlurPool has whole strides, and so another size.
      await page.getByText('blur, 256×128 instead of 264×136').waitFor();
      expect(await page.locator('.poolings em').count()).toBe(1);
      const before = await pixelsOf(page, 'fractional max pooling');
      await page.getByRole('button', { name: 'Draw new regions' }).click();
      const isAsBefore = async () => {
        const { data } = await pixelsOf(page, 'fractional max pooling');
        return Buffer.compare(data, before.data) === 0;
      };
      await expect.poll(isAsBefore).toBe(false);
      // By now a second worker makes half of the rows, where there is a processor for it.
      const processors = await page.evaluate(() => navigator.hardwareConcurrency);
      await setSlider(page, 'Stride down', 1.6);
      await pooledSize(page, 328, 136);
      const told = await page.getByTestId('pool-time').textContent();
      expect(told?.includes('in two workers')).toBe(processors > 1);
      await expectPooledAsInNode(page, [1.6, 4], 4);
      expect(complaints).toEqual([]);
    });

    it('explains a slider on request', async () => {
      const { page } = await shared.opened();
      const slider = page.getByRole('slider', { name: 'Stride down' });
      const text = page.getByText('Input pixels for each output pixel along the height.');
      expect(await text.isVisible()).toBe(false);
      const row = page.locator('.slider').filter({ has: slider });
      await row.getByRole('button', { name: 'Explain' }).click();
      expect(await text.isVisible()).toBe(true);
      expect(await slider.getAttribute('aria-describedby')).toBe(await text.getAttribute('id'));
      expect(await page.locator('[title]').count()).toBe(0);
    });
  });
}

async function errorInNode(picture: Pixels) {
  await useBackend('wasm');
  return tf.tidy(() => {
    const x = imageOf(picture);
    const low = diffStride(x, tf.tensor1d([2, 4]), {
      smoothness: 4,
      norm: 'forward',
      cropping: false,
    });
    return 100 * tf.norm(tf.sub(x, low)).div(tf.norm(x)).dataSync()[0]!;
  });
}
