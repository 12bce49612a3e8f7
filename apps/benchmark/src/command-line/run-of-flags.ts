import { isDeepStrictEqual } from 'node:util';
import { type RunFile, readConfigFile } from '../config/config-file.js';
import { makeConfig, presetOfFile } from '../config/make-config.js';
import { PRESETS, type Preset, presetOf } from '../config/presets.js';
import { parseRunConfig, type RunConfig } from '../config/run-config.js';
import { poolingOptions } from '../poolings/pooling-options.js';
import { maskedCommand } from '../queue/masked-address.js';
import { NO_PRESET, type ReportContext } from '../report/report-context.js';
import type { RunFlags } from './run-flags.js';

/** The fields of a run from the flags and from their file. Flags take precedence. */
export async function runFileOf(flags: RunFlags): Promise<RunFile> {
  const file = flags.config !== undefined ? await readConfigFile('run', flags.config) : {};
  const { preset, dataset, model, width, trainImages, testImages, epochs, batchSize } = flags;
  const { lambda, border, backend, activations, replicas, validationImages } = flags;
  const given = { preset, dataset, model, width, trainImages, testImages, epochs, batchSize };
  const all = { ...given, lambda, border, backend, activations, replicas, validationImages };
  // A GPU is one device, so several replicas have no benefit.
  if (backend === 'webgpu') all.replicas = replicas ?? 1;
  const said = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { ...file, ...said };
}

/** Builds a configuration from the flags, the file, and the fields set by the command. */
export function configOf(flags: RunFlags, file: RunFile, decided: Partial<RunFile>): RunConfig {
  // The options in the file apply to the pooling of the file only.
  const isOwn = file.pooling === undefined || file.pooling === decided.pooling;
  const { poolingConfig, ...rest } = file;
  const config = makeConfig({ ...rest, ...(isOwn && { poolingConfig }), ...decided });
  const { smoothness, norm } = flags;
  // Each of them is for the poolings that have it; several poolings come with one set of flags.
  const given = Object.entries({ smoothness, norm }).filter(
    ([name, value]) => value !== undefined && poolingOptions(config.pooling).includes(name),
  );
  if (given.length === 0) return config;
  const own = { ...config.poolingConfig, ...Object.fromEntries(given) };
  return parseRunConfig({ ...config, poolingConfig: own });
}

/** Fields of a preset that do not make its recipe. */
const NOT_OF_THE_RECIPE = ['backend', 'activations', 'lambda', 'replicas'];

/** Whether given fields leave a preset's recipe as it is: its network, sizes and rates. */
function isWhole(file: RunFile | RunConfig, { run }: Preset): boolean {
  return (
    (file.model ?? 'resnet18') === 'resnet18' &&
    Object.entries(run).every(
      ([field, value]) =>
        NOT_OF_THE_RECIPE.includes(field) ||
        file[field as keyof RunConfig] === undefined ||
        isDeepStrictEqual(file[field as keyof RunConfig], value),
    )
  );
}

/** The context of a report: preset, recipe, command and date. */
export function contextOf(file: RunFile): ReportContext {
  const preset = presetOfFile(file);
  return {
    preset: file.preset ?? 'quick',
    protocol: isWhole(file, preset) ? preset.protocol : null,
    command: maskedCommand(process.argv.slice(2)),
    date: new Date().toISOString(),
  };
}

/** The context of a report on stored runs, whose configurations tell their preset. */
export function contextOfRuns(configs: RunConfig[], command: string): ReportContext {
  const name = Object.keys(PRESETS).find((preset) =>
    configs.every((config) => isWhole(config, presetOf(preset, config.dataset))),
  );
  return {
    preset: name ?? NO_PRESET,
    protocol: name ? presetOf(name, configs[0]!.dataset).protocol : null,
    command,
    date: new Date().toISOString(),
  };
}
