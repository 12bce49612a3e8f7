import { loadSimd, SimdRealFft } from '@ds/fft/simd';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { melFilterbank, Spectrogram, type SpectrogramOptions } from '../../src/audio/index.js';

/** A deterministic signal with energy at all frequencies. */
function noise(length: number): Float32Array {
  let state = 12_345;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/**
 * The definition, frame by frame and bin by bin, in float64. With `center`, frames are as long as
 * the DFT, and the window lies in their middle, as in librosa.
 */
function oracle(x: ArrayLike<number>, options: SpectrogramOptions): number[] {
  const { frameLength: L, hopLength, fftLength: n = L, bands, center = false } = options;
  const { power = 2, compression = 'log' } = options;
  const offset = options.offset ?? (compression === 'decibel' ? 1e-10 : 1e-6);
  const side = center ? Math.floor(n / 2) : 0;
  const at = (i: number) => (i < 0 || i >= x.length ? 0 : x[i]!);
  const frame = center ? n : L;
  const first = center ? Math.floor((n - L) / 2) : 0;
  const rows: number[] = [];
  const bank = bands === null ? null : melFilterbank({ ...options, fftLength: n, bands });
  for (let start = -side; start + frame <= x.length + side; start += hopLength) {
    const spectrum = Array.from({ length: Math.floor(n / 2) + 1 }, (_, k) => {
      let [re, im] = [0, 0];
      for (let t = 0; t < L; t++) {
        const value = at(start + first + t) * Math.sin((Math.PI * t) / L) ** 2;
        re += value * Math.cos((2 * Math.PI * ((k * t) % n)) / n);
        im -= value * Math.sin((2 * Math.PI * ((k * t) % n)) / n);
      }
      return Math.hypot(re, im) ** power;
    });
    const values = bank
      ? bank.map((row) => row.reduce((sum, weight, k) => sum + weight * spectrum[k]!, 0))
      : spectrum;
    for (const value of values) {
      if (compression === 'log') rows.push(Math.log(value + offset));
      else if (compression === 'decibel') rows.push(10 * Math.log10(Math.max(value, offset)));
      else rows.push(value);
    }
  }
  return rows;
}

const FORMS: Record<string, SpectrogramOptions> = {
  'librosa’s': {
    sampleRate: 22_050,
    frameLength: 256,
    hopLength: 64,
    bands: 24,
    center: true,
    compression: 'decibel',
  },
  'librosa’s with win_length': {
    sampleRate: 16_000,
    frameLength: 101,
    hopLength: 40,
    fftLength: 256,
    bands: 16,
    center: true,
  },
  'centred frames of an even length in an odd DFT': {
    sampleRate: 8000,
    frameLength: 12,
    hopLength: 7,
    fftLength: 45,
    bands: null,
    center: true,
    compression: 'none',
  },
  'TensorFlow’s': {
    sampleRate: 16_000,
    frameLength: 200,
    hopLength: 80,
    fftLength: 256,
    bands: 20,
    scale: 'htk',
    norm: 'none',
    triangles: 'mel',
  },
  'the power spectrum of odd frames': {
    sampleRate: 8000,
    frameLength: 31,
    hopLength: 17,
    bands: null,
    compression: 'none',
  },
  'magnitudes of frames that lie apart': {
    sampleRate: 8000,
    frameLength: 20,
    hopLength: 33,
    bands: 4,
    power: 1,
    compression: 'none',
    lowest: 100,
    highest: 3000,
  },
};

describe('Spectrogram', () => {
  it.each(Object.entries(FORMS))('%s equals the definition', (_, options) => {
    const x = noise(700);
    const want = oracle(x, options);
    const plan = new Spectrogram(options);
    const got = plan.transform(x);
    expect(got).toHaveLength(want.length);
    expect(got).toHaveLength(plan.frames(x.length) * plan.bands);
    const largest = Math.max(...want.map(Math.abs));
    const off = want.reduce((max, value, i) => Math.max(max, Math.abs(value - got[i]!)), 0);
    expect(off / largest).toBeLessThan(1e-6);
  });

  it.each([
    [400, 512],
    [400, 1024],
    [512, 512],
  ])('centres frames of %i samples in a DFT of %i at m · hopLength', (frameLength, fftLength) => {
    const front = { sampleRate: 16_000, frameLength, fftLength, hopLength: 160, bands: null };
    const plan = new Spectrogram({ ...front, center: true, compression: 'none' });
    const click = new Float32Array(8000);
    click[20 * 160] = 1;
    const powers = plan.transform(click).filter((_, i) => i % plan.bands === 3);
    expect(powers.indexOf(Math.max(...powers))).toBe(20);
    expect(powers[19]).toBeCloseTo(powers[21]!, 6);
    // The window is 1 at its middle.
    expect(powers[20]).toBeCloseTo(1, 6);
  });

  it('equals the stream for any sizes of chunks', () => {
    const x = noise(600);
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(FORMS)),
        fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 12 }),
        (options, sizes) => {
          const plan = new Spectrogram(options);
          const stream = plan.stream();
          const rows: number[] = [];
          let at = 0;
          for (const size of [...sizes, x.length]) {
            rows.push(...stream.push(x.subarray(at, at + size)));
            at = Math.min(x.length, at + size);
          }
          rows.push(...stream.end());
          expect(rows).toEqual([...plan.transform(x)]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('streams an hour in flat memory, many times faster than it plays', () => {
    const plan = new Spectrogram({
      sampleRate: 16_000,
      frameLength: 400,
      hopLength: 160,
      fftLength: 512,
      bands: 64,
    });
    const stream = plan.stream();
    const second = noise(16_000);
    for (let i = 0; i < 60; i++) stream.push(second);
    const before = process.memoryUsage();
    const start = process.cpuUsage();
    let frames = 0;
    for (let i = 60; i < 3600; i++) frames += stream.push(second).length / plan.bands;
    // CPU time, so that other processes do not count.
    const { user, system } = process.cpuUsage(start);
    const took = (user + system) / 1e6;
    const after = process.memoryUsage();
    expect(frames).toBeGreaterThan(353_000);
    expect(after.rss - before.rss).toBeLessThan(64 * 2 ** 20);
    console.log(`${Math.round(3540 / took)} × real time`);
    expect(3540 / took).toBeGreaterThan(200);
  }, 60_000);

  it('writes into out, and throws on wrong sizes', () => {
    const plan = new Spectrogram(FORMS['TensorFlow’s']!);
    const out = new Float32Array(plan.frames(400) * 20);
    expect(plan.transform(noise(400), out)).toBe(out);
    expect(() => plan.transform(noise(400), new Float32Array(3))).toThrow(
      'out must have 60 values, got 3',
    );
    expect(() => plan.transform(noise(400), Array.from(out) as never)).toThrow(
      'Spectrogram.transform: out must be a Float32Array, got [',
    );
    expect(() => plan.transformFrame(noise(400), 0, new Float32Array(19))).toThrow(
      'Spectrogram.transformFrame: row must have at least 20 values, got 19',
    );
    expect(() => plan.transform(noise(10))).toThrow(
      'samples must be at least a frame (200), got 10',
    );
    const stream = plan.stream();
    stream.end();
    expect(() => stream.push([0])).toThrow('the sound must not have ended');
  });

  it.each([
    [{ frameLength: 0 }, 'Spectrogram: frameLength must be an integer >= 1, got 0'],
    [{ hopLength: 0.5 }, 'hopLength must be an integer >= 1, got 0.5'],
    [{ fftLength: 100 }, 'fftLength must be an integer >= frameLength (200), got 100'],
    [{ power: 3 as never }, 'power must be 1 or 2, got 3'],
    [
      { compression: 'cube' as never },
      `compression must be 'log', 'decibel' or 'none', got "cube"`,
    ],
    [{ offset: 0 }, 'offset must be a finite number > 0, got 0'],
  ])('throws on %j', (wrong, message) => {
    expect(() => new Spectrogram({ ...FORMS['TensorFlow’s']!, ...wrong })).toThrow(message);
  });
});

describe('after loadSimd', () => {
  it('transforms frames on vectors, to the same values', async () => {
    const options = { sampleRate: 16_000, frameLength: 400, hopLength: 160, bands: 20 };
    const x = noise(2000);
    const want = new Spectrogram(options).transform(x);
    await loadSimd();
    const onVectors = vi.spyOn(SimdRealFft.prototype, 'forward');
    const got = new Spectrogram(options).transform(x);
    expect(onVectors).toHaveBeenCalledTimes(11);
    for (const [i, value] of got.entries()) expect(Math.abs(value - want[i]!)).toBeLessThan(1e-6);
  });
});
