import type { PoolingLayer } from '@ds/graph';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
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
      { strides: [number, number]; seed?: number; name?: string } & Record<string, unknown>
    >();
    // @ts-expect-error: an option of another pooling.
    const fault = () => poolingLayer('diffstride', { strides: [2, 2], filterSize: 3 });
    expect(fault).toThrow("DiffStride: config must have no 'filterSize'");
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
