import { costReport, strideVariables } from '@ds/models';
import { strideComplexity } from '@ds/regularizer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunConfig } from '../config/run-config.js';
import { stridesOf } from '../network/run-model.js';
import type { CostSnapshot } from './run-result.js';

/** The cost of a model for one image of `shape`, at its present strides. */
export function costSnapshot(model: LayersModel, config: RunConfig, shape: number[]): CostSnapshot {
  const strides = stridesOf(model, config);
  const layers = costReport(model, shape);
  return {
    strides,
    complexity: tf.tidy(() => strideComplexity(Object.values(strides)).dataSync()[0]!),
    macs: layers.reduce((total, { macs }) => total + macs, 0),
    layers,
  };
}

/**
 * Whether training may change the cost of a model. It is unknown for a user's pooling. A cost
 * that does not change need not be reported again, which runs an image through the model.
 */
export function isCostLearned(model: LayersModel, { poolingModule }: RunConfig): boolean {
  return poolingModule !== undefined || strideVariables(model).length > 0;
}

/** Multiply-adds for one image of `shape`, at the present strides. */
export function macsOf(model: LayersModel, shape: number[]): number {
  return costReport(model, shape).reduce((total, { macs }) => total + macs, 0);
}
