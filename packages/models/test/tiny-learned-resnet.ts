import * as tf from '@tensorflow/tfjs';
import { costReport, learnedResnet } from '../src/index.js';

/** [height, width, channels] of the images of {@link tinyLearnedResnet}. */
export const SHAPE: [number, number, number] = [12, 9, 2];

/** A network of two stages whose sizes learn, none of them a whole number. Three classes. */
export function tinyLearnedResnet(width = 2): tf.LayersModel {
  return learnedResnet({
    inputShape: SHAPE,
    classes: 3,
    width,
    stages: 2,
    blocks: 3,
    kernelSize: 5,
    initialKernelSize: 3.6,
    initialDepth: 1.7,
    initialExpansion: 1.3,
    smoothness: 1,
    seed: 4,
  });
}

/** The variables of all learned sizes, with the strides. */
export function sizeVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights
    .filter(({ originalName }) => /\/(sizes|strides)$/.test(originalName))
    .map((weight) => weight.read() as tf.Variable);
}

/** Moves every size by a step that depends on its place. */
export function moveSizes(model: tf.LayersModel): void {
  tf.tidy(() => {
    for (const [at, variable] of sizeVariables(model).entries()) {
      variable.assign(tf.add(variable, 0.1 * Math.sin(3 * at + 1)));
    }
  });
}

/** The multiply-adds of a network for one image. */
export function trueCost(model: tf.LayersModel): number {
  return costReport(model, SHAPE).reduce((sum, { macs }) => sum + macs, 0);
}
