import '@tensorflow/tfjs';
import { poolingLayer, poolingNames } from '@ds/layers';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../src/command-line/run-of-flags.js';
import { addTrainCommand } from '../../src/compare/command.js';
import { addConfigCommands } from '../../src/config/command.js';
import {
  poolingOptions,
  requireOptionFlags,
  requireOptionNames,
  requirePoolingOptions,
} from '../../src/poolings/pooling-options.js';

const flags = {
  data: {},
  output: 'out',
  resume: false,
  overwrite: false,
  checkpointEvery: 1,
  redisTimeout: 60,
  json: false,
};

describe('poolingOptions', () => {
  it.each(poolingNames())('of %s are what its layer takes', (pooling) => {
    const layer = poolingLayer(pooling, { name: 'a', strides: [2, 2] });
    for (const name of poolingOptions(pooling)) expect(layer.getConfig()).toHaveProperty(name);
    expect(poolingOptions(pooling)).not.toContain('strides');
  });

  it('of strided convolutions are none', () => {
    expect(poolingOptions('conv')).toEqual([]);
  });
});

describe('requirePoolingOptions', () => {
  it.each([
    ['diffstride', { smoothness: 1, norm: 'forward', trainable: false }],
    ['diffstride', { lowerLimit: 2.5 }],
    ['blur', { filterSize: 5, padding: 'zero' }],
    ['max-blur', { poolSize: 3 }],
    ['fractional-max', { seed: 5, overlapping: true }],
    ['max', { padding: 'valid' }],
    ['conv', {}],
  ])('takes %s with %j', (pooling, options) => {
    requirePoolingOptions(pooling, options, [3, 2]);
  });

  it.each([
    ['blur', { filtersize: 5 }, "blur has no option 'filtersize' (filterSize?)", 'got 5'],
    ['diffstride', { seed: 1 }, "diffstride has no option 'seed'", 'got 1'],
    ['blur', { seed: 1 }, "blur has no option 'seed'", 'got 1'],
    ['max', { norm: 'ortho' }, "max has no option 'norm'", 'got "ortho"'],
    ['spectral', { strides: 2 }, "spectral has no option 'strides'", 'got 2'],
    ['conv', { norm: 'ortho' }, "conv has no option 'norm' (it has none)", 'got "ortho"'],
    ['blur', { filterSize: 0 }, 'filterSize must be', 'got 0'],
    ['diffstride', { norm: 'unit' }, 'norm must be', 'got "unit"'],
    [
      'subsample',
      { filterSize: 5 },
      'subsample: filterSize must be left out, since the pooling decides it',
      'got 5',
    ],
    [
      'fractional-max',
      { ratio: 3 },
      'fractional-max: ratio must be left out, since the pooling decides it',
      'got 3',
    ],
    ['max', { poolSize: 3 }, 'poolSize', 'got'],
    ['blurr', {}, 'pooling must be one of conv,', 'got "blurr" (blur?)'],
  ])('refuses %s with %j', (pooling, options, rule, got) => {
    const check = () => requirePoolingOptions(pooling, options, [2]);
    expect(check).toThrow(rule);
    expect(check).toThrow(got);
  });

  it('wants integer strides for strided convolutions', () => {
    requirePoolingOptions('conv', {}, [1, 1, 3, 1, 3]);
    expect(() => requirePoolingOptions('conv', {}, [1, 1, 2.5, 2, 2])).toThrow(
      'conv takes integer strides, got [1, 1, 2.5, 2, 2]',
    );
  });

  it('knows names without the values', () => {
    requireOptionNames('blur', { filterSize: 'any' });
    expect(() => requireOptionNames('blur', { filtre: 3 })).toThrow("no option 'filtre'");
  });
});

describe('--norm and --smoothness', () => {
  it.each(['conv', ...poolingNames()])('reach %s if its layer has them', (pooling) => {
    const { poolingConfig } = configOf(
      { ...flags, norm: 'backward', smoothness: 2 },
      { preset: 'full' },
      { pooling },
    );
    const own = poolingOptions(pooling);
    expect('norm' in poolingConfig).toBe(own.includes('norm'));
    expect('smoothness' in poolingConfig).toBe(own.includes('smoothness'));
  });

  it('are checked as those of a file are', () => {
    const make = () => configOf({ ...flags, smoothness: -1 }, {}, { pooling: 'diffstride' });
    expect(make).toThrow('run configuration: pooling: ');
    expect(make).toThrow('smoothness');
  });

  it('are refused where no pooling has them', () => {
    requireOptionFlags({}, ['conv']);
    requireOptionFlags({ norm: 'ortho', smoothness: 2 }, ['conv', 'diffstride']);
    expect(() => requireOptionFlags({ smoothness: 2 }, ['conv', 'max', 'max'])).toThrow(
      /^--smoothness is an option of ([\w-]+, )*diffstride(, [\w-]+)*, and not of conv, max, got 2\. Leave/,
    );
    expect(() => requireOptionFlags({ norm: 'ortho' }, ['blur'])).toThrow(
      /^--norm is an option of .*spectral.*, and not of blur, got "ortho"/,
    );
    requireOptionFlags({ lambda: 0 }, ['conv']);
    requireOptionFlags({ lambda: 0.1 }, ['conv', 'dct-diffstride']);
    expect(() => requireOptionFlags({ lambda: 0.1 }, ['conv', 'spectral'])).toThrow(
      /^--lambda is for poolings with learned strides \(.*diffstride.*\), and not for conv, spectral, got 0\.1/,
    );
  });

  it('are refused by a command before any work', async () => {
    const program = new Command().exitOverride();
    addTrainCommand(program);
    const args = ['train', '--pooling', 'conv', '--smoothness', '2', '--output', '/dev/null'];
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow(
      '--smoothness is an option of',
    );
    addConfigCommands(program);
    await expect(
      program.parseAsync(['config', '--pooling', 'conv', '--smoothness', '2'], { from: 'user' }),
    ).rejects.toThrow('--smoothness is an option of');
  });
});
