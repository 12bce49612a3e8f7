import { isDeepStrictEqual } from 'node:util';
import { type RunFile, readConfigFile } from './config-file.js';
import { makeConfig, presetOfFile } from './make-config.js';
import { poolingOptions } from './pooling-options.js';
import { maskedCommand } from './queue/masked-address.js';
import type { ReportContext } from './report/report-context.js';
import { parseRunConfig, type RunConfig } from './run-config.js';
import type { RunFlags } from './run-flags.js';

/** The fields of a run from the flags and from their file. Flags take precedence. */
export async function runFileOf(flags: RunFlags): Promise<RunFile> {
  const file = flags.config !== undefined ? await readConfigFile('run', flags.config) : {};
  const { preset, dataset, model, width, trainImages, testImages, epochs, batchSize } = flags;
  const { lambda, border, backend, activations, replicas } = flags;
  const given = { preset, dataset, model, width, trainImages, testImages, epochs, batchSize };
  const all = { ...given, lambda, border, backend, activations, replicas };
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

/** The context of a report: preset, recipe, command and date. */
export function contextOf(file: RunFile): ReportContext {
  const preset = presetOfFile(file);
  // Other networks, sizes or rates deviate from the preset's recipe.
  const isWhole =
    (file.model ?? 'resnet18') === 'resnet18' &&
    Object.entries(preset.run).every(
      ([field, value]) =>
        NOT_OF_THE_RECIPE.includes(field) ||
        file[field as keyof RunFile] === undefined ||
        isDeepStrictEqual(file[field as keyof RunFile], value),
    );
  return {
    preset: file.preset ?? 'quick',
    protocol: isWhole ? preset.protocol : null,
    command: maskedCommand(process.argv.slice(2)),
    date: new Date().toISOString(),
  };
}
