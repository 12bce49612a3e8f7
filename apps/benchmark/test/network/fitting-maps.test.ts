import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { costOfModel } from '../../src/cost/cost-of-model.js';
import { requireFittingMaps } from '../../src/network/fitting-maps.js';

describe('requireFittingMaps', () => {
  it('takes runs whose maps stay large enough', async () => {
    await requireFittingMaps([
      makeConfig({ pooling: 'blur', strides: [2, 2, 2] }),
      makeConfig({ pooling: 'max', strides: [8, 8, 8] }),
      makeConfig({ pooling: 'blur', dataset: 'imagefolder', imageSize: 64, strides: [2, 2, 2] }),
    ]);
  });

  it.each([
    [{ strides: [8, 8, 8] }, "layer 'stage4.block0.pool' gets a map of 1×1", '[1, 1, 8, 8, 8]'],
    [{ strides: [32, 2, 2] }, "layer 'stage3.block0.pool' gets a map of 1×1", '[1, 1, 32, 2, 2]'],
    [
      { dataset: 'mnist' as const, strides: [1, 28, 2] },
      "layer 'stage4.block0.pool' gets a map of 1×1",
      '[1, 1, 1, 28, 2]',
    ],
    [
      { dataset: 'sounds' as const, strides: [2, 100, 2] },
      "layer 'block3.pool' gets a map of 1×1",
      '[2, 100, 2]',
    ],
  ])('refuses %j with blur, by layer and size', async (file, place, strides) => {
    const check = requireFittingMaps([makeConfig({ pooling: 'blur', ...file })]);
    await expect(check).rejects.toThrow(place);
    await expect(check).rejects.toThrow(`strides ${strides} do not suit pooling 'blur'`);
    await expect(check).rejects.toThrow('Choose smaller strides or larger images');
  });
});

describe('costOfModel', () => {
  const options = { model: 'resnet18', input: [32, 32, 3], classes: 10, stem: 'cifar' } as const;

  it('names layer and map too', async () => {
    const cost = costOfModel({
      ...options,
      input: [32, 32, 3],
      width: 1,
      pooling: 'blur',
      strides: [8, 8, 8],
    });
    await expect(cost).rejects.toThrow("layer 'stage4.block0.pool' gets a map of 1×1");
  });

  it.each([
    [
      { model: 'resnet18', strides: [3, 1, 3] },
      { model: 'resnet18', strides: [1, 1, 3, 1, 3] },
    ],
    [
      { model: 'resnet56', strides: [3, 2] },
      { model: 'resnet56', strides: [1, 1, 3, 2] },
    ],
    [
      { model: 'resnet18', stem: 'imagenet', strides: [2, 2, 2] },
      { model: 'resnet18', stem: 'imagenet', strides: [2, 1, 2, 2, 2] },
    ],
  ] as const)('takes %j for %j, as train does', async (short, whole) => {
    const shared = { ...options, input: [32, 32, 3], width: 1, pooling: 'max' };
    const of = (given: typeof short | typeof whole) =>
      costOfModel({ ...shared, ...given, strides: [...given.strides] });
    expect(await of(short)).toBe(await of(whole));
  });

  it('says how many strides there are to be', async () => {
    const cost = costOfModel({ ...options, input: [32, 32, 3], pooling: 'max', strides: [1, 2] });
    await expect(cost).rejects.toThrow('--strides must be 3 or 5 numbers for resnet18, got 1,2');
  });
});
