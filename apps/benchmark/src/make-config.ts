import type { RunFile } from './config-file.js';
import { moduleOf } from './import-poolings.js';
import { type Preset, presetOf } from './presets.js';
import { parseRunConfig, type RunConfig } from './run-config.js';

/** The preset that a file stands on. */
export function presetOfFile({ preset = 'quick', dataset }: RunFile): Preset {
  return presetOf(preset, dataset);
}

/**
 * A whole configuration from what a file says: the rest is its preset's, its pooling `diffstride`, its strides
 * (3, 1, 3), its seed 1.
 *
 * @throws Error that names every field that is wrong.
 */
export function makeConfig(file: RunFile): RunConfig {
  const { $schema: _, preset: __, poolingModule: ___, poolingConfigs, ...fields } = file;
  const preset = presetOfFile(file);
  const pooling = fields.pooling ?? 'diffstride';
  const strides =
    fields.strides ?? (fields.dataset === 'sounds' ? stridesOfTwo(fields) : [3, 1, 3]);
  const module = moduleOf(pooling);
  return parseRunConfig({
    ...preset.run,
    seed: 1,
    ...fields,
    pooling,
    ...(module !== undefined && { poolingModule: module }),
    poolingConfig:
      fields.poolingConfig ?? poolingConfigs?.[pooling] ?? preset.poolingConfigs[pooling] ?? {},
    strides: fields.dataset === 'sounds' ? strides : wholeStrides(strides, 5, preset.run.stem),
  });
}

/**
 * Strides of stem and all stages: those that leave out the stem and stage 1 get them, 1 each, and 2
 * for ImageNet's stem. Others stay.
 *
 * @param count the network's stem and stages together.
 */
export function wholeStrides(strides: number[], count: number, stem: RunConfig['stem']): number[] {
  return strides.length === count - 2 ? [stem === 'imagenet' ? 2 : 1, 1, ...strides] : strides;
}

/** Strides of two: in stages 2 to 4 of a ResNet, in the four blocks of an audio network. */
export function stridesOfTwo({ dataset }: Pick<RunFile, 'dataset'>): number[] {
  return dataset === 'sounds' ? [2, 2, 2, 2] : [2, 2, 2];
}

/** Each configuration once, in the order of their first appearance. */
export function uniqueConfigs(configs: RunConfig[]): RunConfig[] {
  return [...new Map(configs.map((config) => [JSON.stringify(config), config])).values()];
}
