import { describe, expect, it } from 'vitest';
import { prepareSound, resampleSound, type SoundInput } from '../../src/audio/index.js';
import { tone } from './wav-file.js';

/** Windows of 20 samples, of 4 frames each. */
const input: SoundInput = {
  frontEnd: { sampleRate: 100, frameLength: 8, hopLength: 4, bands: null },
  seconds: 0.2,
  mean: -3,
  std: 2,
  tasks: [{ name: 'pitch', classes: ['low', 'high'] }],
};

/** `(ln(|DFT|² + 10⁻⁶) − mean) / std` of the frames of a window, by direct sums. */
function slowSpectrogram(window: number[]): number[] {
  const values: number[] = [];
  for (let start = 0; start + 8 <= window.length; start += 4) {
    for (let k = 0; k <= 4; k++) {
      let [real, imag] = [0, 0];
      for (let t = 0; t < 8; t++) {
        const x = window[start + t]! * Math.sin((Math.PI * t) / 8) ** 2;
        real += x * Math.cos((2 * Math.PI * k * t) / 8);
        imag -= x * Math.sin((2 * Math.PI * k * t) / 8);
      }
      values.push((Math.log(real ** 2 + imag ** 2 + 1e-6) + 3) / 2);
    }
  }
  return values;
}

/** A sound without symmetry, exact in float32. */
const sound = (length: number) =>
  Float32Array.from({ length }, (_, t) => ((t * t * 7) % 31) / 32 - 0.5);

describe('prepareSound', () => {
  it.each<[length: number, windows: (x: number[]) => number[][]]>([
    // Centred between zeros. An odd zero comes after the samples.
    [1, (x) => [[...Array(9).fill(0), ...x, ...Array(10).fill(0)]]],
    [13, (x) => [[...Array(3).fill(0), ...x, ...Array(4).fill(0)]]],
    [20, (x) => [x]],
    // Windows overlap by half or more, and the last one ends with the sound.
    [23, (x) => [x.slice(0, 20), x.slice(3)]],
    [37, (x) => [x.slice(0, 20), x.slice(9, 29), x.slice(17)]],
  ])('equals direct sums for %i samples', (length, windows) => {
    const x = sound(length);
    const { values, shape } = prepareSound(x, 100, input);
    const wanted = windows([...x]).map(slowSpectrogram);
    expect(shape).toEqual([wanted.length, 4, 5, 1]);
    wanted.flat().forEach((value, at) => {
      expect(values[at]).toBeCloseTo(value, 5);
    });
    expect(values.length).toBe(wanted.flat().length);
  });

  it('resamples to the rate of the network', () => {
    const x = Float32Array.from(tone(11, 0.2, 250));
    expect(x.length).toBe(50);
    expect(prepareSound(x, 250, input)).toEqual(
      prepareSound(resampleSound(x, 250, 100), 100, input),
    );
  });

  it('names itself, the argument and the value in its errors', () => {
    expect(() => prepareSound(new Float32Array(0), 100, input)).toThrow(
      'prepareSound: samples must have at least one value, got none',
    );
    expect(() => prepareSound(Float32Array.of(0, Number.NaN), 100, input)).toThrow(
      'prepareSound: samples must be finite, got NaN at place 1',
    );
    expect(() => prepareSound(sound(20), 100, { ...input, std: 0 })).toThrow(
      'prepareSound: std must be a finite number > 0, got 0',
    );
    const tasks = [{ name: 'pitch' }] as never;
    expect(() => prepareSound(sound(20), 100, { ...input, tasks })).toThrow(
      'prepareSound: tasks[0].classes must be an array, got undefined',
    );
  });
});
