import { afterAll, describe, expect, it } from 'vitest';
import type { SpeedCase } from '../../src/speed/cases.js';

// Its worker threads are built modules, so the test imports the built module too.
const { jaxContender, torchContender }: typeof import('../../src/speed/contender.js') =
  await import(new URL('../../dist/speed/contender.js', import.meta.url).href);

const diffStride: SpeedCase = {
  name: 'DiffStride',
  group: 'a group',
  flops: 0,
  kind: 'diffstride',
  shape: [1, 9, 8, 2],
  strides: [2, 1.7],
  smoothness: 2,
};
const resample: SpeedCase = {
  name: 'resample',
  group: 'a group',
  flops: 1,
  kind: 'resample',
  shape: [1, 6, 4, 2],
  size: [3, 2],
  gradients: 'all',
};
const blur: SpeedCase = { ...diffStride, kind: 'blur', shape: [1, 4, 4, 1], stride: 2 };

const torch = await torchContender(1, 'matrices');
afterAll(() => torch?.close());

describe.skipIf(!torch)('PyTorch with two matrices', () => {
  it('agrees with its own FFT path, and runs', async () => {
    expect(torch!.name).toBe('PyTorch matrices, 1 thread');
    expect(await torch!.prepare(diffStride)).toBeNull();
    expect(await torch!.time()).toBeGreaterThan(0);
    expect(await torch!.prepare(resample)).toBeNull();
  });

  it('says which cases it does not have', async () => {
    expect(await torch!.prepare(blur)).toContain('the case has no spectral pooling');
  });
});

describe('jax-js', () => {
  const [major] = process.versions.node.split('.').map(Number);

  it.skipIf(major! >= 22)('is left out by a Node that is too old', async () => {
    expect(await jaxContender()).toBeNull();
  });

  it.skipIf(major! < 22)('computes resample and its gradients, and nothing else', async () => {
    const jax = (await jaxContender())!;
    try {
      expect(jax.version).toMatch(/^jax-js \d/);
      expect(await jax.prepare(resample)).toBeNull();
      expect(await jax.prepare({ ...resample, gradients: 'image' } as SpeedCase)).toBeNull();
      expect(await jax.prepare(diffStride)).toContain('only resample');
    } finally {
      await jax.close();
    }
  });
});
