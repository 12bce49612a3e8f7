import { randomStream } from '@ds/data';
import type { Batches } from '@ds/train';
import {
  abs,
  dispose,
  mean,
  mul,
  nextFrame,
  sigmoid,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { MapEquivariance } from './map-equivariance.js';

/** Sensitivity of a trained model to small shifts of its input. */
export interface ShiftReport {
  /**
   * Share of image pairs, shifted at random, that get the same class (Zhang 2019). With several
   * labels: the same labels.
   */
  consistency: number;
  /**
   * Mean probability of the right class (with several labels: of a right decision) after diagonal
   * shifts by 0, 1, 2, … pixels.
   */
  diagonal: number[];
  /** Number of images. */
  images: number;
  /**
   * Number of images with a prediction that is not finite. Such a pair counts as unequal, and such
   * a probability as 0.
   */
  nonFinite: number;
  /** Largest random shift in either direction along each axis, in pixels. */
  maxShift: number;
  /** How far the network's maps are from shifting with the image. Older results have none. */
  equivariance?: MapEquivariance | null;
}

/** Options of {@link shiftConsistency}. */
export interface ShiftOptions {
  /** Default 4. */
  maxShift?: number;
  /** Diagonal shifts 0 … this many pixels. Default 8. */
  diagonal?: number;
  seed: number;
  /** Whether an image has any number of labels. A logit above 0 decides for its label. */
  multiLabel?: boolean;
  signal?: AbortSignal;
}

/**
 * Zhang's two measures of shift-invariance ("Making convolutional networks shift-invariant again",
 * 2019). Shifts are circular, as in the paper's CIFAR experiments. The model predicts each batch
 * under two random shifts, and the predictions are compared image by image. Disposes of the
 * batches.
 *
 * @throws the signal's reason if the signal comes before the last batch. Results of some of the
 *   images would not be those of all.
 */
export async function shiftConsistency(
  model: LayersModel,
  batches: Batches,
  { maxShift = 4, diagonal = 8, seed, multiLabel = false, signal }: ShiftOptions,
): Promise<ShiftReport> {
  const random = randomStream(seed, 3);
  const draw = () => random.integer(-maxShift, maxShift);
  const rights = new Array<number>(diagonal + 1).fill(0);
  let equal = 0;
  let images = 0;
  let nonFinite = 0;
  for await (const batch of batches) {
    const { images: x } = batch;
    if (signal?.aborted) {
      dispose([x, ...[batch.labels].flat()]);
      throw signal.reason;
    }
    // With several tasks, uses the first one.
    const [labels] = [batch.labels].flat() as [Tensor2D];
    const pixels = (await x.data()) as Float32Array;
    const shifted = (down: number, right: number) => rolled(pixels, x.shape, down, right);
    tidy(() => {
      const spoiled = new Set<number>();
      const predictions = [0, 1].map(() =>
        classesOf(predict(model, shifted(draw(), draw())), spoiled, multiLabel),
      );
      equal += predictions[0]!.filter(
        (label, i) => label !== null && label === predictions[1]![i],
      ).length;
      for (let shift = 0; shift <= diagonal; shift++) {
        const logits = predict(model, shifted(shift, shift));
        const right = rightOf(logits, labels, multiLabel).dataSync();
        right.forEach((probability, i) => {
          if (Number.isFinite(probability)) rights[shift]! += probability;
          else spoiled.add(i);
        });
      }
      images += x.shape[0]!;
      nonFinite += spoiled.size;
    });
    dispose([x, ...[batch.labels].flat()]);
    await nextFrame();
  }
  return {
    consistency: equal / images,
    diagonal: rights.map((sum) => sum / images),
    images,
    nonFinite,
    maxShift,
  };
}

function predict(model: LayersModel, x: Tensor): Tensor2D {
  return [model.predictOnBatch(x)].flat()[0] as Tensor2D;
}

/** The probability of the right class of each row, or the mean one of a right decision. */
function rightOf(logits: Tensor2D, labels: Tensor2D, multiLabel: boolean): Tensor {
  if (!multiLabel) return sum(mul(softmax(logits), labels), -1);
  return mean(abs(sub(sub(1, labels), sigmoid(logits))), -1);
}

/**
 * The class of each row; ties go to the first class. With several labels it is a text of them. A
 * row that is not finite gives `null` and is added to `spoiled`.
 */
function classesOf(
  logits: Tensor2D,
  spoiled: Set<number>,
  multiLabel: boolean,
): (number | string | null)[] {
  const [rows, classes] = logits.shape;
  const values = logits.dataSync();
  return Array.from({ length: rows }, (_, i) => {
    const row = values.subarray(i * classes, (i + 1) * classes);
    if (row.every(Number.isFinite)) {
      return multiLabel
        ? row.map((logit) => Number(logit > 0)).join()
        : row.indexOf(Math.max(...row));
    }
    spoiled.add(i);
    return null;
  });
}

/**
 * Images of a shape [batch, height, width, channels], shifted circularly down and right by whole
 * pixels. The host copies rows, which is faster than slices and concatenations of tensors.
 */
export function rolled(
  pixels: Float32Array,
  shape: Tensor['shape'],
  down: number,
  right: number,
): Tensor {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const row = width * channels;
  const [below, beside] = [modulo(down, height), modulo(right, width) * channels];
  const out = new Float32Array(pixels.length);
  for (let image = 0; image < batch; image++) {
    for (let from = 0; from < height; from++) {
      const source = (image * height + from) * row;
      const target = (image * height + ((from + below) % height)) * row;
      out.set(pixels.subarray(source, source + row - beside), target + beside);
      out.set(pixels.subarray(source + row - beside, source + row), target);
    }
  }
  return tensor(out, shape);
}

function modulo(value: number, size: number): number {
  return ((value % size) + size) % size;
}
