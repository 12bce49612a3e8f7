import type { PoolingLayer } from '@ds/graph';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
  DiffStride,
  type PoolingConfig,
  type PoolingConfigs,
  poolingLayer,
  poolingNames,
  poolingTraits,
  registerPooling,
} from '../src/index.js';

declare module '../src/index.js' {
  interface PoolingConfigs {
    'mean-of-windows': { padding?: 'same' | 'valid' };
  }
}

beforeAll(() => tf.setBackend('cpu'));

/** The names of `PoolingConfigs`. A missing name is a compile error. */
const TYPED: Record<keyof PoolingConfigs, true> = {
  diffstride: true,
  spectral: true,
  blur: true,
  'max-blur': true,
  'avg-blur': true,
  'fractional-max': true,
  'fractional-avg': true,
  average: true,
  max: true,
  subsample: true,
  flc: true,
  asap: true,
  aps: true,
  lps: true,
  tips: true,
  dct: true,
  'dct-diffstride': true,
  'mean-of-windows': true,
};

describe('a pooling by name', () => {
  it('has a typed configuration for each name that this package registers', () => {
    expect(Object.keys(TYPED)).toEqual([...poolingNames(), 'mean-of-windows']);
  });

  it('accepts only the options of its name', () => {
    poolingLayer('diffstride', { strides: [2, 2], smoothness: 1, name: 'a', seed: 3 });
    expectTypeOf<PoolingConfig<'diffstride'>['smoothness']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<PoolingConfig<'diffstride'>['strides']>().toEqualTypeOf<[number, number]>();
    expectTypeOf(poolingLayer<'blur'>).returns.toEqualTypeOf<PoolingLayer>();
    expectTypeOf<PoolingConfig>().toEqualTypeOf<
      { strides: [number, number] } & { seed?: number; name?: string } & Record<string, unknown>
    >();
    // @ts-expect-error: an option of another pooling.
    const fault = () => poolingLayer('diffstride', { strides: [2, 2], filterSize: 3 });
    expect(fault).toThrow("DiffStride: config must have no 'filterSize'");
    const ofSound = () =>
      // @ts-expect-error: sound has one data format.
      poolingLayer('blur', { rank: 1, strides: [2], dataFormat: 'channelsLast' });
    expect(ofSound).toThrow("config must have no 'dataFormat'");
    const constant = { strides: [2, 3], smoothness: 1 } as const;
    expect(poolingLayer('diffstride', constant).getConfig().strides).toEqual([2, 3]);
    expect(new DiffStride(constant).getConfig().strides).toEqual([2, 3]);
    // @ts-expect-error: strides are missing.
    expectTypeOf<{ smoothness: number }>().toExtend<PoolingConfig<'diffstride'>>();
    // @ts-expect-error: a value that the option does not allow.
    expect(() => poolingLayer('flc', { strides: [2, 2], norm: 'half' })).toThrow('norm must be');
  });

  it('may be any registered string', () => {
    const name: string = 'spectral';
    expect(poolingLayer(name, { strides: [2, 2], norm: 'ortho' }).getConfig().norm).toBe('ortho');
    expect(() => poolingLayer('of-nobody', { strides: [2, 2] })).toThrow(
      'poolingLayer: name must be one of diffstride, spectral',
    );
  });

  it('has the spatial axes of its rank', () => {
    const line = poolingLayer('average', { rank: 1, strides: [3] });
    expect(line.computeOutputShape([null, 9, 2])).toEqual([null, 3, 2]);
    const cube = poolingLayer('max', { rank: 3, strides: [2, 1, 3], padding: 'valid' });
    expect(cube.computeOutputShape([null, 4, 5, 6, 2])).toEqual([null, 2, 5, 2, 2]);
    expect(poolingLayer('average', { rank: 2, strides: [2, 2] }).getClassName()).toBe(
      'AveragePooling2D',
    );
    expect(poolingTraits('average').ranks).toEqual([1, 2, 3]);
    expect(poolingTraits('lps').ranks).toEqual([2]);
    // @ts-expect-error: a pooling of images has no other rank.
    expect(() => poolingLayer('lps', { rank: 3, strides: [2, 2, 2] })).toThrow(
      "poolingLayer: rank must be one that 'lps' has (2), got 3",
    );
    expect(() => poolingLayer('max', { rank: 4 as 3, strides: [2, 2, 2] })).toThrow(
      'poolingLayer: rank must be 1, 2 or 3, got 4',
    );
    expect(() => poolingLayer('fractional-max', { strides: [0.5, 2] })).toThrow(
      'fractional-max: strides must be >= 1, got [0.5, 2]',
    );
    // @ts-expect-error: two strides for one axis.
    expect(() => poolingLayer('max', { rank: 1, strides: [2, 2] })).toThrow(
      'poolingLayer: strides must be [S] at rank 1, got [2, 2]',
    );
  });

  it('passes the rank to its factory, if it has others than 2', () => {
    registerPooling(
      'by-rank',
      (config) => {
        expectTypeOf(config.rank).toEqualTypeOf<1 | 2>();
        if (config.rank === 1) expectTypeOf(config.strides).toEqualTypeOf<[number]>();
        return tf.layers.activation({ activation: 'linear', name: `rank-${config.rank}` });
      },
      { ranks: [1, 2] },
    );
    expect(poolingLayer('by-rank', { rank: 1, strides: [2] }).name).toBe('rank-1');
    expect(poolingLayer('by-rank', { strides: [2, 2] }).name).toBe('rank-2');
    expect(() => registerPooling('odd', () => tf.layers.flatten(), { ranks: [0 as 1] })).toThrow(
      'registerPooling: traits.ranks must be 1, 2 or 3, got 0',
    );
  });

  it.each([
    ['nothing', () => undefined, 'undefined'],
    ['a promise', async () => tf.layers.flatten(), 'Promise()'],
  ])('refuses a factory that returns %s', (what, factory, got) => {
    const name = `returns-${what.replace(' ', '-')}`;
    registerPooling(name, factory as never);
    expect(() => poolingLayer(name, { strides: [2, 2] })).toThrow(
      `poolingLayer: the factory of '${name}' must return a layer of tf.layers, got ${got}`,
    );
  });

  it('names the pooling whose factory throws', () => {
    registerPooling('thrower', () => JSON.parse('{'));
    const make = () => poolingLayer('thrower', { strides: [2, 2] });
    expect(make).toThrow("poolingLayer: the factory of 'thrower' failed: ");
    expect(make).toThrow(expect.objectContaining({ cause: expect.any(SyntaxError) }));
    registerPooling('checker', () => new DiffStride({ strides: [0.5, 2] }));
    expect(() => poolingLayer('checker', { strides: [2, 2] })).toThrow(
      expect.objectContaining({ name: 'ConfigError' }),
    );
  });

  it('is typed by a module that registers it', () => {
    registerPooling('mean-of-windows', ({ strides, padding, name }) => {
      expectTypeOf(padding).toEqualTypeOf<'same' | 'valid' | undefined>();
      return tf.layers.averagePooling2d({
        name,
        poolSize: strides,
        strides,
        padding: padding ?? 'same',
      });
    });
    const layer = poolingLayer('mean-of-windows', { strides: [2, 2], padding: 'valid' });
    expect(layer.getConfig().padding).toBe('valid');
    // @ts-expect-error: an option that the module does not declare.
    poolingLayer('mean-of-windows', { strides: [2, 2], pooling: 'max' });
  });
});

describe('the registry', () => {
  it('is one for all copies of the package in a process', async () => {
    vi.resetModules();
    const copy = await import('../src/registry.js');
    expect(copy.poolingLayer).not.toBe(poolingLayer);
    copy.registerPooling('of-the-copy', ({ strides }) =>
      tf.layers.maxPooling2d({ poolSize: strides, strides }),
    );
    expect(poolingNames()).toContain('of-the-copy');
    expect(poolingTraits('of-the-copy').placement).toBe('convolution');
    expect(poolingLayer('of-the-copy', { strides: [3, 3] }).getConfig().strides).toEqual([3, 3]);
  });
});
