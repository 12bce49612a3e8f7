import type { RunFile } from './config-file.js';
import { moduleOf } from './import-poolings.js';
import { type Preset, presetOf } from './presets.js';
import { isMultiLabel, parseRunConfig, type RunConfig } from './run-config.js';

/** The preset of a run file. */
export function presetOfFile({ preset = 'quick', dataset }: RunFile): Preset {
  return presetOf(preset, dataset);
}

/**
 * Completes the fields of a run file to a configuration. The preset provides missing fields. Other
 * defaults are pooling `diffstride`, strides (3, 1, 3) and seed 1.
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
    // Replicas see parts of the scores, and mAP needs all of them.
    ...(isMultiLabel(fields) && { replicas: 1 }),
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
 * Strides of the stem and all stages. Strides that omit the stem and stage 1 get 1 for each, or 2
 * for ImageNet's stem. Complete strides are unchanged.
 *
 * @param count the number of strides: the network's stem and stages together.
 */
export function wholeStrides(strides: number[], count: number, stem: RunConfig['stem']): number[] {
  return strides.length === count - 2 ? [stem === 'imagenet' ? 2 : 1, 1, ...strides] : strides;
}

/** Strides of two: in stages 2 to 4 of a ResNet, in the four blocks of an audio network. */
export function stridesOfTwo({ dataset }: Pick<RunFile, 'dataset'>): number[] {
  return dataset === 'sounds' ? [2, 2, 2, 2] : [2, 2, 2];
}

/** Removes duplicate configurations. Keeps the order of first appearance. */
export function uniqueConfigs(configs: RunConfig[]): RunConfig[] {
  return [...new Map(configs.map((config) => [JSON.stringify(config), config])).values()];
}
