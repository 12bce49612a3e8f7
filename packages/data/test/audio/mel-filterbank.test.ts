import { describe, expect, it } from 'vitest';
import { melFilterbank, Spectrogram } from '../../src/audio/index.js';

/**
 * Slaney's mel scale as librosa documents it: 200/3 Hz for each mel below 1 kHz, above it 27 steps
 * for each factor of 6.4.
 */
function slaneyHertz(mel: number): number {
  return mel <= 15 ? (mel * 200) / 3 : 1000 * 6.4 ** ((mel - 15) / 27);
}

function slaneyMel(hertz: number): number {
  return hertz <= 1000 ? (hertz * 3) / 200 : 15 + (27 * Math.log2(hertz / 1000)) / Math.log2(6.4);
}

/** TensorFlow's mel scale: 1127 ln(1 + f/700). */
const htkMel = (hertz: number) => 1127.0104803341 * Math.log(1 + hertz / 700);

describe('melFilterbank', () => {
  it('equals librosa’s by default: triangles in Hz, mel-spaced edges, area 1', () => {
    const [sampleRate, fftLength, bands, lowest, highest] = [22_050, 512, 20, 30, 8000];
    const bank = melFilterbank({ sampleRate, fftLength, bands, lowest, highest });
    const [a, b] = [slaneyMel(lowest), slaneyMel(highest)];
    const edges = Array.from({ length: 22 }, (_, i) => slaneyHertz(a + ((b - a) * i) / 21));
    bank.forEach((row, m) => {
      row.forEach((weight, k) => {
        const f = (k * sampleRate) / fftLength;
        const up = (f - edges[m]!) / (edges[m + 1]! - edges[m]!);
        const down = (edges[m + 2]! - f) / (edges[m + 2]! - edges[m + 1]!);
        const want = (Math.max(0, Math.min(up, down)) * 2) / (edges[m + 2]! - edges[m]!);
        expect(Math.abs(weight - want)).toBeLessThan(1e-12);
      });
    });
  });

  it('matches the values of Slaney’s scale in librosa’s documentation', () => {
    // mel_to_hz([1, 2, 3]) = [66.667, 133.333, 200] and hz_to_mel(440) = 6.6: edges are equally
    // spaced in mel.
    const bank = melFilterbank({
      sampleRate: 16_000,
      fftLength: 4800,
      bands: 2,
      highest: 200,
      norm: 'none',
    });
    const peaks = bank.map((row) => row.indexOf(Math.max(...row)) * (16_000 / 4800));
    expect(peaks[0]).toBeCloseTo(66.667, 2);
    expect(peaks[1]).toBeCloseTo(133.333, 2);
    expect(slaneyMel(440)).toBeCloseTo(6.6, 12);
  });

  it('equals TensorFlow’s with straight sides in mel, peak 1, and no weight for bin 0', () => {
    const [sampleRate, fftLength, bands, lowest, highest] = [16_000, 512, 12, 0, 7600];
    const bank = melFilterbank({
      ...{ sampleRate, fftLength, bands, lowest, highest },
      scale: 'htk',
      norm: 'none',
      triangles: 'mel',
    });
    const [a, b] = [htkMel(lowest), htkMel(highest)];
    const edge = (i: number) => a + ((b - a) * i) / (bands + 1);
    bank.forEach((row, m) => {
      expect(row[0]).toBe(0);
      row.forEach((weight, k) => {
        if (k === 0) return;
        const x = htkMel((k * sampleRate) / fftLength);
        const want = Math.min(
          (x - edge(m)) / (edge(m + 1) - edge(m)),
          (edge(m + 2) - x) / (edge(m + 2) - edge(m + 1)),
        );
        expect(Math.abs(weight - Math.max(0, want))).toBeLessThan(1e-9);
      });
    });
  });

  it.each(['hertz', 'mel'] as const)('has no filter of zeros, with sides in %s', (triangles) => {
    for (const scale of ['slaney', 'htk'] as const) {
      const bank = (bands: number) =>
        melFilterbank({ sampleRate: 8000, fftLength: 64, bands, scale, triangles });
      let most = 0;
      try {
        for (; most < 60; most++) {
          for (const row of bank(most + 1)) expect(Math.max(...row)).toBeGreaterThan(1e-9);
        }
      } catch (error) {
        expect((error as Error).message).toBe(
          'melFilterbank: bands must give each mel filter a bin of the DFT, ' +
            `as up to ${most} do with fftLength 64, got ${most + 1}`,
        );
      }
      expect(most).toBeGreaterThan(8);
      expect(most).toBeLessThan(60);
    }
  });

  it('names the bands that fit', () => {
    const front = { sampleRate: 8000, fftLength: 64, bands: 500 };
    expect(() => melFilterbank(front)).toThrow(/as up to \d+ do with fftLength 64, got 500$/);
    const mel = { ...front, frameLength: 64, hopLength: 32 };
    expect(() => new Spectrogram(mel)).toThrow(/^Spectrogram: bands must give each mel filter/);
    expect(() => melFilterbank({ ...front, bands: 1, lowest: 130, highest: 240 })).toThrow(
      'melFilterbank: fftLength must have a bin of the DFT between lowest and highest, got 64',
    );
  });

  it.each([
    [{ bands: 0 }, 'melFilterbank: bands must be an integer >= 1, got 0'],
    [{ fftLength: 1 }, 'fftLength must be an integer >= 2, got 1'],
    [{ sampleRate: 0 }, 'sampleRate must be a finite number > 0, got 0'],
    [{ highest: 9000 }, '0 <= lowest < highest <= 8000 Hz, got 0 and 9000'],
    [{ lowest: 500, highest: 500 }, 'got 500 and 500'],
    [{ scale: 'bark' as never }, `scale must be 'slaney' or 'htk', got "bark"`],
    [{ norm: 'l2' as never }, `norm must be 'slaney' or 'none', got "l2"`],
    [{ triangles: 'round' as never }, `triangles must be 'hertz' or 'mel', got "round"`],
  ])('throws on %j', (wrong, message) => {
    const good = { sampleRate: 16_000, fftLength: 512, bands: 40 };
    expect(() => melFilterbank({ ...good, ...wrong })).toThrow(message);
  });
});
