import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';

/** The largest relative error of central differences of a float32 op. */
const DIFFERENCES = 2e-2;

/** Smooth values without symmetry or ties. */
export function image(shape: number[], phase: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from(
    { length: count },
    (_, i) => Math.sin(1.37 * i + phase) + 1e-3 * i,
  );
  return tensor(values, shape);
}

/** Frees a layer that was built by hand. The `dispose` of tfjs refuses such a layer. */
export function release(layer: tfl.layers.Layer): void {
  for (const weight of layer.weights) weight.dispose();
}

/** A layer, an upstream gradient, and the loss of both: the setting of a gradient check. */
export interface SlopeSetting {
  layer: tfl.layers.Layer;
  upstream: Tensor;
  /** The loss of a new layer. A new layer for each call repeats the same random draws. */
  valueAt(input: Tensor, weights: Tensor[]): number;
}

export function slopeSetting(
  create: () => tfl.layers.Layer,
  training: boolean,
  x: Tensor,
): SlopeSetting {
  const built = (weights: Tensor[] = []) => {
    const layer = create();
    layer.build(x.shape);
    if (weights.length > 0) layer.setWeights(weights);
    return layer;
  };
  const layer = built();
  const probe = built();
  const upstream = image((probe.apply(x) as Tensor).shape, 2.9);
  release(probe);
  const valueAt = (input: Tensor, weights: Tensor[]) => {
    const fresh = built(weights);
    const value = dot(fresh.apply(input, { training }) as Tensor, upstream);
    release(fresh);
    return value;
  };
  return { layer, upstream, valueAt };
}

export function valuesOf(x: Tensor): Float32Array {
  return x.dataSync<'float32'>();
}

/** Step of the differences. It is small, so that few maxima change place. */
const STEP = 1e-3;

/** Step for weights. It is larger, because weights move no maximum and may have small gradients. */
export const WEIGHT_STEP = 5e-3;

export function expectSlope(analytic: number, lossAt: (h: number) => number, step = STEP): void {
  const numeric = (lossAt(step) - lossAt(-step)) / (2 * step);
  const scale = Math.max(Math.abs(numeric), Math.abs(analytic), 1e-2);
  expect(Math.abs(analytic - numeric) / scale).toBeLessThan(DIFFERENCES);
}

/** The dot product in float64. In float32 rounding would hide the small difference. */
export function dot(a: Tensor, b: Tensor): number {
  const [left, right] = [valuesOf(a), valuesOf(b)];
  return left.reduce((total, value, i) => total + value * right[i]!, 0);
}
