import { stridesOfTwo as stridesOfTwoIn, wholeStrides } from '../network/networks.js';
import { moduleOf } from '../poolings/import-poolings.js';
import type { RunFile } from './config-file.js';
import { isOfOneReplica } from './one-replica.js';
import { type Preset, presetOf } from './presets.js';
import { parseRunConfig, type RunConfig } from './run-config.js';

/** The preset of a run file. */
export function presetOfFile({ preset = 'quick', dataset }: RunFile): Preset {
  return presetOf(preset, dataset);
}

/**
 * Completes the fields of a run file to a configuration. The preset provides missing fields. Other
 * defaults are pooling `diffstride`, seed 1, and the strides (3, 2, 3), from which the paper's
 * fixed strides are worst; in networks other than the ResNet, strides of 2.
 *
 * @throws Error that names every field that is wrong.
 */
export function makeConfig(file: RunFile): RunConfig {
  const { $schema: _, preset: __, poolingModule: ___, poolingConfigs, ...fields } = file;
  const preset = presetOfFile(file);
  const pooling = fields.pooling ?? 'diffstride';
  const isSound = fields.dataset === 'sounds';
  const model = fields.model ?? 'resnet18';
  const isPlain = !isSound && model === 'resnet18';
  if (model === 'mobilenet-v2' && fields.variant !== undefined) {
    throw new Error(
      `run configuration: variant must be left out for mobilenet-v2, got ${fields.variant}`,
    );
  }
  const strides = fields.strides ?? (isPlain ? [3, 2, 3] : stridesOfTwo(fields));
  const module = moduleOf(pooling);
  return parseRunConfig({
    ...preset.run,
    ...(isOfOneReplica(fields) && { replicas: 1 }),
    seed: 1,
    ...fields,
    pooling,
    ...(module !== undefined && { poolingModule: module }),
    poolingConfig:
      fields.poolingConfig ??
      [poolingConfigs, preset.poolingConfigs].find(
        (byName) => byName && Object.hasOwn(byName, pooling),
      )?.[pooling] ??
      {},
    strides: isSound ? strides : wholeStrides(model, strides, fields.stem ?? preset.run.stem),
  });
}

/** Strides of two: in every stage of a network that reduces, or in four blocks for sounds. */
export function stridesOfTwo({
  dataset,
  model = 'resnet18',
}: Pick<RunFile, 'dataset' | 'model'>): number[] {
  return dataset === 'sounds' ? [2, 2, 2, 2] : stridesOfTwoIn(model);
}

/** Removes duplicate configurations. Keeps the order of first appearance. */
export function uniqueConfigs(configs: RunConfig[]): RunConfig[] {
  return [...new Map(configs.map((config) => [JSON.stringify(config), config])).values()];
}
