import { readFile } from 'node:fs/promises';
import { useBackend } from '@ds/backend';
import { decodeWav } from '@ds/data/audio';
import { cards, loadWeights, type SoundWeightsName } from '@ds/weights';
import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../page.js';
import type { SharedPage } from '../shared-page.js';

export function describeHearPanel(shared: SharedPage): void {
  describe('the panel that hears digits', () => {
    it('hears a digit, also when it is shifted, from a file and from the microphone', async () => {
      const { page, complaints } = await shared.opened();
      await page.locator('#hear').scrollIntoViewIfNeeded();
      const seven = page.getByRole('button', { name: 'A spoken 7' });
      await seven.click();
      const names = Object.keys(cards).filter((name) => name.startsWith('spoken-digits-'));
      for (const name of names) {
        const one = page.getByTestId(name);
        await one.waitFor({ timeout: 60_000 });
        const wanted = await heardInNode(name as SoundWeightsName, '7_jackson_0.wav');
        expect(await one.locator('th').allTextContents()).toEqual(wanted.map(({ shift }) => shift));
        expect(await one.locator('td').allTextContents()).toEqual(wanted.map(({ cell }) => cell));
        const [rest] = wanted.filter(({ shift }) => shift === '0');
        expect(await one.locator('strong').textContent()).toBe(rest!.digit);
        const changed = wanted.filter(({ digit }) => digit !== rest!.digit).length;
        await one.getByText(`${changed} of 6 shifts change the digit.`).waitFor();
        expect(await one.locator('td.changed').count()).toBe(changed);
      }
      expect(await seven.getAttribute('aria-pressed')).toBe('true');
      const diffstride = page.getByTestId('spoken-digits-diffstride');
      await diffstride.getByRole('img', { name: /^Probabilities: .*5: 3\s%.*7: 95\s%/ }).waitFor();
      expect(await diffstride.locator('.strides').textContent()).toBe(
        '1.86×1.96, 2.10×2.00, 1.09×1.95, 4.30×1.81',
      );
      const heads = await page.locator('#hear h3').allTextContents();
      expect(heads).toEqual(['DiffStride', 'Strided convolution']);
      const spectrogram = () => pixelsOf(page, /^Log-mel spectrogram/);
      const example = await spectrogram();
      expect([example.width, example.height]).toEqual([98, 64]);
      const record = page.getByRole('button', { name: 'Record a second' });
      await record.click();
      const alert = page.locator('#hear').getByRole('alert');
      await alert.getByText('The microphone is not allowed.').waitFor();
      await page.context().grantPermissions(['microphone']);
      await record.click();
      // The browser's own sound is a beep.
      const isOther = async () => Buffer.compare((await spectrogram()).data, example.data) !== 0;
      await expect.poll(isOther, { timeout: 15_000 }).toBe(true);
      expect(await alert.count()).toBe(0);
      expect(await seven.getAttribute('aria-pressed')).toBe('false');
      expect(complaints).toEqual([]);
    }, 120_000);
  });
}

/** The cells of a network's table, of a recording that zeros at one end shift in its window. */
async function heardInNode(name: SoundWeightsName, file: string) {
  await useBackend('wasm');
  const { model, classify } = await loadWeights(name);
  const folder = new URL('../../public/sounds/', import.meta.url);
  const { channels, sampleRate } = decodeWav(await readFile(new URL(file, folder)), file);
  const cells = [];
  for (const shift of ['−60', '−40', '−20', '0', '+20', '+40', '+60']) {
    const zeros = Array(2 * Number(shift.slice(1)) * (sampleRate / 1000)).fill(0);
    const [before, behind] = shift.startsWith('−') ? [[], zeros] : [zeros, []];
    const [digit] = await classify(
      Float32Array.from([...before, ...channels[0]!, ...behind]),
      sampleRate,
    );
    const [best] = digit!.classes;
    const cell = `${best!.name}${(100 * best!.probability).toFixed(0)}\u00a0%`;
    cells.push({ shift, digit: best!.name, cell });
  }
  model.dispose();
  return cells;
}
