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
  // The replicas of a file are for the backend of the file only.
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

/** The fields of a preset that make its recipe: sizes and rates. */
function recipeOf({ run }: Preset): [keyof RunConfig, unknown][] {
  const fields = Object.entries(run) as [keyof RunConfig, unknown][];
  return fields.filter(([field]) => !NOT_OF_THE_RECIPE.includes(field));
}

/** Whether a run follows a preset's recipe: its network, pooling options, sizes, rates and test. */
function follows(config: RunConfig, preset: Preset): boolean {
  const { model = 'resnet18', border = 'zero', validationImages, pooling, poolingConfig } = config;
  return (
    model === 'resnet18' &&
    border === 'zero' &&
    validationImages === undefined &&
    isDeepStrictEqual(poolingConfig, preset.poolingConfigs[pooling] ?? {}) &&
    recipeOf(preset).every(([field, value]) => isDeepStrictEqual(config[field], value))
  );
}

/**
 * The context of a report on the runs of a command: preset, recipe, command and date. Runs that
 * follow no preset have the name of the preset that fills in what their file leaves out.
 */
export function contextOf(file: RunFile, configs: RunConfig[]): ReportContext {
  const isFilledIn = recipeOf(presetOfFile(file)).some(([field]) => file[field] === undefined);
  const otherwise = isFilledIn ? (file.preset ?? 'quick') : NO_PRESET;
  return contextFrom(configs, maskedCommand(process.argv.slice(2)), otherwise);
}

/** The context of a report on stored runs, whose configurations determine their preset. */
export function contextOfRuns(configs: RunConfig[], command: string): ReportContext {
  return contextFrom(configs, command, NO_PRESET);
}

/** The context of runs. If they follow no preset, it has another name and no recipe. */
function contextFrom(configs: RunConfig[], command: string, otherwise: string): ReportContext {
  const preset = Object.keys(PRESETS).find((name) =>
    configs.every((config) => follows(config, presetOf(name, config.dataset))),
  );
  return {
    preset: preset ?? otherwise,
    protocol: preset === undefined ? null : sharedProtocol(preset, configs),
    command,
    date: new Date().toISOString(),
  };
}

/** The published recipe of a preset; `null` if datasets differ in it. */
function sharedProtocol(preset: string, configs: RunConfig[]): string | null {
  const protocols = new Set(configs.map(({ dataset }) => presetOf(preset, dataset).protocol));
  return protocols.size === 1 ? [...protocols][0]! : null;
}
