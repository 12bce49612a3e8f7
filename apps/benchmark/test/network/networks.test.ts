import { useBackend } from '@ds/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { runId } from '../../src/config/run-config.js';
import { costOfModel } from '../../src/cost/cost-of-model.js';
import { labelsOf } from '../../src/experiments/progress.js';
import { initialStrides } from '../../src/network/initial-strides.js';
import { wholeStrides } from '../../src/network/networks.js';
import { modelOf, stridesOf } from '../../src/network/run-model.js';
import { gridRows } from '../../src/sweep/rows.js';
import { runResult } from '../run-result.js';

beforeAll(() => useBackend('wasm'));

const file = { preset: 'smoke', model: 'mobilenet-v2', pooling: 'blur' } as const;

describe('a run of MobileNetV2', () => {
  it('has its poolings, its strides and its width', () => {
    const config = makeConfig({ ...file, strides: [2, 1, 3, 2], width: 4 });
    expect(config).toMatchObject({ model: 'mobilenet-v2', strides: [1, 1, 2, 1, 3, 1, 2, 1] });
    expect(initialStrides(config)).toEqual([2, 1, 3, 2]);
    const model = modelOf(config, { shape: [16, 16, 3], classes: 3 });
    const names = ['stage2.block0.pool', 'stage4.block0.pool', 'stage6.block0.pool'];
    expect(model.layers.map(({ name }) => name).filter((name) => name.endsWith('.pool'))).toEqual(
      names,
    );
    expect(stridesOf(model, config)).toEqual(
      Object.fromEntries(
        names.map((name, i) => [
          name,
          [
            [2, 2],
            [3, 3],
            [2, 2],
          ][i],
        ]),
      ),
    );
    // A quarter of 1280 filters at most, but never fewer than 1280 before the head.
    expect(model.layers.at(-1)!.getWeights()[0]!.shape).toEqual([1280, 3]);
    model.dispose();
  });

  it('reduces four stages by 2, unless the file says more', () => {
    expect(makeConfig(file).strides).toEqual([1, 1, 2, 2, 2, 1, 2, 1]);
    const all = [2, 1, 2, 2, 2, 2, 2, 1];
    expect(initialStrides(makeConfig({ ...file, strides: all }))).toEqual(all);
    expect(wholeStrides('mobilenet-v2', [2, 2, 2, 2], 'imagenet')).toEqual([
      2, 1, 2, 2, 2, 1, 2, 1,
    ]);
  });

  it.each([
    [{ strides: [3, 1, 3] }, 'strides must be 4 or 8 numbers for mobilenet-v2, got [3,1,3]'],
    [{ variant: 'original' as const }, 'variant must be left out for mobilenet-v2, got original'],
    [{ border: 'circular' }, 'border must be left out for mobilenet-v2, which pads with zeros'],
    [{ dataset: 'sounds' }, 'model must be left out for sounds, which have a network of their own'],
  ] as const)('%j is an error', (change, message) => {
    expect(() => makeConfig({ ...file, ...change } as never)).toThrow(message);
  });
});

it('a run of a ResNet-18 keeps its id, whether the file names the model or not', () => {
  const of = (model?: 'resnet18') => makeConfig({ preset: 'smoke', pooling: 'blur', model });
  expect(of('resnet18')).not.toHaveProperty('model');
  expect(runId(of('resnet18'))).toBe(runId(of()));
});

it('a sweep over networks has a row for each', () => {
  const results = (['resnet18', 'mobilenet-v2'] as const).map((model) => {
    const result = runResult('blur', 1, 0.5);
    return { ...result, config: makeConfig({ preset: 'smoke', pooling: 'blur', model }) };
  });
  const spec = { experiment: 'grid', name: 'networks', axes: ['model', 'border'] } as never;
  const labels = labelsOf(results.map(({ config }) => config));
  expect(labels[0]).not.toMatch(/model|undefined/);
  expect(labels[1]).toContain('model mobilenet-v2');
  expect(gridRows(results, spec).map(({ values }) => values)).toEqual([
    ['resnet18', 'zero'],
    ['mobilenet-v2', 'zero'],
  ]);
});

it('the costs of MobileNetV2 are those of its blocks', async () => {
  const options = { model: 'mobilenet-v2', stem: 'cifar', classes: 10, width: 4 } as const;
  const table = await costOfModel({ ...options, input: [32, 32, 3], pooling: 'blur' });
  expect(table).toMatch(/stage6\.block0\.pool .* 2×2×\d+/);
  await expect(
    costOfModel({ ...options, input: [32, 32, 3], pooling: 'conv', variant: 'preact' }),
  ).rejects.toThrow('--variant must be left out for mobilenet-v2, got preact');
  await expect(
    costOfModel({ ...options, width: 1, input: [32, 32, 3], pooling: 'conv' }),
  ).rejects.toThrow('width must be at least 1.6 for mobilenet-v2, got 1');
});

it('the costs of a model refuse what it does not have', async () => {
  const options = { stem: 'cifar', classes: 10, input: [32, 32, 3], pooling: 'conv' } as const;
  await expect(
    costOfModel({ ...options, input: [32, 32, 3], model: 'resnet56', stem: 'imagenet' }),
  ).rejects.toThrow('--stem must be cifar for resnet56, got imagenet');
  await expect(
    costOfModel({ ...options, input: [32, 32, 3], model: 'resnet18', smoothness: 2 }),
  ).rejects.toThrow('--smoothness is an option of');
});
