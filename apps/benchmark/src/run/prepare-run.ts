import { hostname, platform } from 'node:os';
import { type BackendInfo, useBackend } from '@ds/backend';
import { adam, type Optimizer, sgd } from '@ds/train';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunConfig } from '../config/run-config.js';
import { openRunData } from '../data/open-run-data.js';
import type { RunData } from '../data/run-data.js';
import { modelOf } from '../network/run-model.js';
import { processorName } from '../process/processor-name.js';
import { hasWideVectors } from '../process/wide-vectors.js';
import { codeVersion } from './code-version.js';
import { type KeptRun, keepRun } from './keep-run.js';
import { costSnapshot } from './model-cost.js';
import { requireLoadable } from './require-loadable.js';
import { type RunMemory, runMemory } from './run-memory.js';
import type { RunOptions } from './run-options.js';
import type { CostSnapshot } from './run-result.js';
import { Stopwatch } from './stopwatch.js';

/** A run that is ready to train. */
export interface PreparedRun {
  config: RunConfig;
  options: RunOptions;
  backend: BackendInfo;
  /** The version of the code, Node, tfjs, platform, processor, and whether V8 joins vectors. */
  environment: Record<string, string>;
  data: RunData;
  model: LayersModel;
  optimizer: Optimizer;
  /** Number of steps of the whole training. */
  totalSteps: number;
  /** The cost at the initial strides. */
  initial: CostSnapshot;
  /** `null`: the run is not kept. */
  kept: KeptRun | null;
  memory: RunMemory;
  stopwatch: Stopwatch;
}

/** Of this thread, which loads its code once. */
let version: Promise<string> | undefined;

/**
 * Chooses the backend, opens the data, builds the model, and opens the files in which the run is
 * kept.
 *
 * @throws Error if its data, its checkpoints or a file of its folder prevent the run, or a kept
 *   network could not be loaded later.
 */
export async function prepareRun(config: RunConfig, options: RunOptions): Promise<PreparedRun> {
  const stopwatch = new Stopwatch();
  tf.enableProdMode();
  const backend = await useBackend(config.backend);
  const data = await openRunData(config, options.data);
  const model = modelOf(config, data);
  if (options.keeping) await requireLoadable(model, config, data.shape);
  const optimizer =
    config.optimizer.name === 'sgd' ? sgd({ momentum: config.optimizer.momentum }) : adam();
  const totalSteps = Math.ceil(data.trainCount / config.batchSize) * config.epochs;
  const initial = costSnapshot(model, config, data.shape);
  version ??= codeVersion();
  const environment = {
    code: await version,
    node: process.version,
    tfjs: tf.version_core,
    platform: `${platform()} ${process.arch}`,
    processor: processorName(),
    '256-bit vectors': hasWideVectors() ? 'on' : 'off',
  };
  const about = { ...environment, backend, host: hostname(), started: new Date().toISOString() };
  const kept = await keepRun(config, data, about, options);
  const memory = runMemory(kept?.last?.memory);
  memory.timing.setup += stopwatch.lap();
  return {
    config,
    options,
    backend,
    environment,
    data,
    model,
    optimizer,
    totalSteps,
    initial,
    kept,
    memory,
    stopwatch,
  };
}
