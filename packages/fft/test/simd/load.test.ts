import { readFile } from 'node:fs/promises';
import { StateError } from '@ds/checks';
import { relativeError, unitSequence } from '@ds/testing';
import { describe, expect, it } from 'vitest';
import { RealFft, RealFft2d, realFft, realFft2d } from '../../src/plan.js';
import { loadSimd, SimdRealFft, SimdRealFft2d } from '../../src/simd.js';
import { simdFile } from '../../src/simd-file.js';

describe('loadSimd', () => {
  it('refuses a module of another build, and may be called again', async () => {
    const module = await readFile(simdFile());
    module.write('00000000', module.length - 8);
    await expect(loadSimd({ module })).rejects.toThrow(
      /^loadSimd: the given bytes are of another version of the package \(build 00000000, must be /,
    );
  });

  it('comes before the plans on vectors, and changes those of the caches', async () => {
    expect(() => new SimdRealFft(8)).toThrow(StateError);
    expect(() => new SimdRealFft(8)).toThrow(
      'SimdRealFft: the module must be loaded, call `await loadSimd()` first',
    );
    expect(realFft(32)).toBeInstanceOf(RealFft);
    expect(realFft2d(6, 8)).toBeInstanceOf(RealFft2d);
    const [first, second] = [loadSimd(), loadSimd()];
    expect(first).toBe(second);
    await first;
    expect(realFft(32)).toBeInstanceOf(SimdRealFft);
    expect(realFft2d(6, 8)).toBeInstanceOf(SimdRealFft2d);
    expect(realFft(32)).toBe(realFft(32));
    const x = unitSequence(1, 48);
    const [got, want] = [realFft2d(6, 8).forward(x), new RealFft2d(6, 8).forward(x)];
    expect(relativeError(got.real, want.real)).toBeLessThan(1e-15);
  });

  it('rejects with the error of a wrong option, also when it is loaded', async () => {
    await loadSimd();
    await expect(loadSimd({ module: 3 as never })).rejects.toThrow(
      'loadSimd: module must be the URL or the bytes of a WebAssembly module, got 3',
    );
  });

  it('leaves the plans of very short signals and very large planes as they are', async () => {
    await loadSimd();
    expect(realFft(16)).toBeInstanceOf(RealFft);
    expect(realFft2d(3 ** 12, 1)).toBeInstanceOf(RealFft2d);
  });
});

describe('the memory of the plans', () => {
  it('keeps the arrays of all plans apart and valid, when it is full too', async () => {
    await loadSimd();
    // Together they take far more than the 4 MiB of one memory.
    const plans = Array.from({ length: 24 }, (_, i) => new SimdRealFft(20_000 + i));
    for (const [i, plan] of plans.entries()) plan.signal.fill(i + 1);
    for (const plan of plans) plan.forward(plan.signal, plan.spectrum);
    plans.forEach((plan, i) => {
      expect(plan.signal.length).toBe(20_000 + i);
      expect(new Set(plan.signal)).toEqual(new Set([i + 1]));
      expect(plan.spectrum.real[0]).toBeCloseTo((i + 1) * (20_000 + i), 5);
    });
  });
});
