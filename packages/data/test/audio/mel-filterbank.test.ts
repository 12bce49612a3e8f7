import { describe, expect, it, vi } from 'vitest';
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

  it.each(['hertz', 'mel'] as const)('warns of filters of zeros, with sides in %s', (triangles) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    for (const scale of ['slaney', 'htk'] as const) {
      let most = 0;
      for (let bands = 1; bands <= 60; bands++) {
        warn.mockClear();
        // Each bank warns once, so each has its own length.
        const fftLength = triangles === 'hertz' ? 64 : 62;
        const bank = melFilterbank({ sampleRate: 8000, fftLength, bands, scale, triangles });
        const zeros = bank.filter((row) => Math.max(...row) <= 1e-9).length;
        if (zeros === 0) {
          most = bands;
          expect(warn).not.toHaveBeenCalled();
          continue;
        }
        const [[note] = []] = warn.mock.calls;
        // Both scales may give the same note, of which the second is not repeated.
        if (note === undefined && scale === 'htk') continue;
        expect(note).toBe(
          `melFilterbank: ${zeros} of ${bands} mel filters have no bin of the DFT, and are 0 for ` +
            `every sound. With fftLength ${fftLength}, up to ${most} bands have one each`,
        );
      }
      expect(most).toBeGreaterThan(8);
      expect(most).toBeLessThan(60);
    }
    warn.mockRestore();
  });

  it('takes them as librosa and torchaudio do, and warns once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const front = { sampleRate: 16_000, fftLength: 400, bands: 128, scale: 'htk' as const };
    for (let again = 0; again < 2; again++) {
      new Spectrogram({ ...front, frameLength: 400, hopLength: 160 });
    }
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^Spectrogram: \d+ of 128 mel filters .* up to \d+ bands have one/)],
    ]);
    warn.mockRestore();
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
