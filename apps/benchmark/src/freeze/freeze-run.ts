import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type FrozenLayer,
  freezeReport,
  freezeStrides,
  type RoundedPooling,
  roundedPoolings,
  roundingReport,
} from '@ds/models';
import { type Batches, evaluate } from '@ds/train';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isMultiLabel } from '../config/multi-label.js';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import { openRunData } from '../data/open-run-data.js';
import type { RunData } from '../data/run-data.js';
import { roundedNetwork } from '../network/rounded-network.js';
import { useOwnBackend } from '../process/own-backend.js';
import { macsOf } from '../run/model-cost.js';
import type { RunResult } from '../run/run-result.js';
import { requireNoResult } from '../run-folder/protected-output.js';
import { loadModel, saveModel } from '../run-folder/saved-model.js';
import { shiftConsistency } from '../shift/shift-consistency.js';
import { fullScoreName } from '../statistics/score.js';

/** Options of {@link freezeRun}. */
export interface FreezeRunOptions {
  round: boolean;
  /** With `round`: number of training images for the batch norms' statistics; 0 keeps them. */
  statistics: number;
  keepCustom: boolean;
  /** Whether to measure accuracy and shift consistency. */
  test: boolean;
  data: DataFolders;
  /** Default: `frozen` or `rounded` in the folder of the run. */
  output?: string;
}

/** Measurements of a network before or after freezing. */
export interface FreezeMeasures {
  /** Multiply-adds for one image. */
  macs: number;
  /** Accuracy on the examples that the run is scored on, a share. Absent with several labels. */
  accuracy?: number;
  /** With several labels: mean average precision on the same examples, a share. */
  meanAveragePrecision?: number;
  /** Shift consistency on some of them, a share. */
  consistency?: number;
}

/** The result of {@link freezeRun}. */
export interface FrozenRun {
  /** The folder of the frozen model. */
  output: string;
  dataset: RunConfig['dataset'];
  /** The name of the score: `test accuracy`, or `held-out mAP`. */
  score: string;
  layers: FrozenLayer[];
  before: FreezeMeasures;
  after: FreezeMeasures;
  /** With `round`, if a pooling was rounded: what became of the strides. */
  rounding?: {
    poolings: RoundedPooling[];
    /** Number of training images on which the batch norms' statistics were recomputed. */
    statisticsImages: number;
  };
  /** With `round`, for one output, where it was measured. */
  agreement?: {
    /** Number of images. */
    images: number;
    /** Share of these images for which both networks predict the same class. */
    share: number;
  };
}

/** Number of images for shift consistency and for the agreement of both networks. */
const SAMPLE = 500;

/**
 * Freezes the network of a trained run, writes the copy, and measures both networks.
 *
 * @throws Error that names `--output` if it is the trained model of a run, or the file if the run
 *   has not ended or its model is damaged, or the data
 *   cannot be read; ConfigError of `freezeStrides`.
 */
export async function freezeRun(folder: string, options: FreezeRunOptions): Promise<FrozenRun> {
  const { round } = options;
  if (options.output !== undefined) requireNoResult(options.output);
  const config = await configOf(folder);
  await useOwnBackend('auto');
  const model = await loadModel(path.join(folder, 'model'));
  const data = options.test ? await openRunData(config, options.data) : null;
  const shape = data?.shape ?? (model.inputs[0]!.shape.slice(1) as number[]);
  const { frozen, rounding } = await frozenOf(model, shape, data, options);
  const output = options.output ?? path.join(folder, round ? 'rounded' : 'frozen');
  await saveModel(frozen, output);
  const result: FrozenRun = {
    output,
    dataset: config.dataset,
    score: fullScoreName(config),
    layers: freezeReport(frozen),
    before: await measured(model, shape, data, config.seed),
    after: await measured(frozen, shape, data, config.seed),
    ...(rounding && { rounding }),
    ...(data &&
      rounding &&
      model.outputs.length === 1 &&
      !isMultiLabel(config) && { agreement: await agreementOf(model, frozen, data) }),
  };
  model.dispose();
  frozen.dispose();
  return result;
}

async function configOf(folder: string): Promise<RunConfig> {
  const file = path.join(folder, 'summary.json');
  try {
    const { config }: RunResult = JSON.parse(await readFile(file, 'utf8'));
    return config;
  } catch (error) {
    throw new Error(
      `${file}: cannot be read; expected the folder of a run that has ended, <output>/runs/<id>`,
      { cause: error },
    );
  }
}

async function measured(
  model: LayersModel,
  shape: number[],
  data: RunData | null,
  seed: number,
): Promise<FreezeMeasures> {
  const macs = macsOf(model, shape);
  if (!data) return { macs };
  const { losses } = data;
  const { accuracy, meanAveragePrecision } = await evaluate(model, data.test(), { losses });
  const multiLabel = meanAveragePrecision !== undefined;
  const { consistency } = await shiftConsistency(model, data.test(SAMPLE), {
    seed,
    diagonal: 0,
    multiLabel,
  });
  return { macs, ...(multiLabel ? { meanAveragePrecision } : { accuracy }), consistency };
}

/** The frozen copy. Without data its batch norms keep their statistics. */
async function frozenOf(
  model: LayersModel,
  shape: number[],
  data: RunData | null,
  { round, keepCustom, statistics }: FreezeRunOptions,
): Promise<{ frozen: LayersModel; rounding?: FrozenRun['rounding'] }> {
  if (!round) return { frozen: freezeStrides(model, shape, { keepCustom }) };
  const { network: frozen, statisticsImages } = data
    ? await roundedNetwork(model, data, { images: statistics, keepCustom })
    : { network: freezeStrides(model, shape, { round, keepCustom }), statisticsImages: 0 };
  const poolings = roundedPoolings(frozen);
  return { frozen, ...(poolings.length > 0 && { rounding: { poolings, statisticsImages } }) };
}

async function agreementOf(
  model: LayersModel,
  rounded: LayersModel,
  data: RunData,
): Promise<FrozenRun['agreement']> {
  const { x, labels } = await gathered(data.test(SAMPLE));
  const { images, agreement } = roundingReport(model, x, labels, { rounded });
  tf.dispose([x, labels]);
  return { images, share: agreement };
}

/** All images of the batches as one tensor, and the class of each. Disposes of the batches. */
async function gathered(batches: Batches): Promise<{ x: tf.Tensor; labels: tf.Tensor1D }> {
  const images: tf.Tensor[] = [];
  const classes: tf.Tensor1D[] = [];
  for await (const batch of batches) {
    const [labels] = [batch.labels].flat();
    images.push(batch.images);
    classes.push(tf.argMax(labels!, -1));
    tf.dispose(batch.labels);
  }
  const all = { x: tf.concat(images), labels: tf.concat1d(classes) };
  tf.dispose([images, classes]);
  return all;
}
