import {
  ConfigError,
  numberIn,
  requireList,
  requireModel,
  requireNumbers,
  requireTensor,
  SMALLEST_NORMAL,
} from '@ds/checks';
import { type LayerCall, watchLayers } from '@ds/graph';
import { resample } from '@ds/layers';
import {
  clone,
  dispose,
  div,
  keep,
  maximum,
  type Scalar,
  sqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** How far the output of one layer is from shifting with the image. */
export interface LayerEquivariance {
  /** The layer's path. A layer that is applied several times has one row for each time. */
  layer: string;
  /** Shape of the output without the batch axis. */
  outputShape: number[];
  /** The relative error of each shift, in their order. 0 means that the output shifts exactly. */
  errors: number[];
}

/**
 * Measures the shift equivariance of every layer of a model. For an image x, a shift T_s by s
 * pixels, and the output F(x) of a layer, the error is
 *
 *     ‖F(T_s x) − T_{s·h/H} F(x)‖₂ / ‖F(x)‖₂
 *
 * over all images, positions and channels, where h/H is the size of the map relative to the image.
 * Outputs without height and width do not shift: there the error measures invariance.
 *
 * Shifts are circular, along both axes. Fractions of a pixel are shifts of the Fourier phase, as in
 * Michaeli, Michaeli & Soudry (CVPR 2023). In a map of even size, the frequency h/2 is multiplied
 * by cos(πs). A shift by whole pixels moves pixels. Layers that only pad or crop have no row.
 *
 * Shapes: images `[batch, height, width, channels]`; shifts [down, right] in pixels. The maps of
 * all layers are in memory at once, so a few images are enough.
 *
 * @throws ConfigError if model is not a model of tf.layers with one input of that shape, a layer
 *   has `dataFormat: 'channelsFirst'`, or shifts are not pairs of finite numbers.
 */
export async function featureEquivariance(
  model: LayersModel,
  images: Tensor4D,
  shifts: [number, number][],
): Promise<LayerEquivariance[]> {
  const op = 'featureEquivariance';
  requireModel(op, 'model', model);
  requireTensor(op, 'images', images, { rank: 4, axes: '[batch, height, width, channels]' });
  requireList(op, 'shifts', shifts);
  for (const [i, shift] of shifts.entries()) {
    requireNumbers(op, `shifts[${i}]`, shift, 2, numberIn(-FARTHEST, FARTHEST));
  }
  requireOneInput(op, model, images);
  const size = images.shape.slice(1, 3) as [number, number];
  const rows: Pick<LayerEquivariance, 'layer' | 'outputShape'>[] = [];
  const maps: Tensor[] = [];
  const errors: Scalar[][] = [];
  try {
    outputsOf(model, images, ({ layer, path }, output) => {
      if (layer.getConfig().dataFormat === 'channelsFirst') {
        throw new ConfigError(
          `${op}: model must have no layer with dataFormat 'channelsFirst', got ${path}`,
        );
      }
      rows.push({ layer: path, outputShape: output.shape.slice(1) });
      maps.push(keep(clone(output)));
    });
    for (const shift of shifts) {
      const found: Scalar[] = [];
      errors.push(found);
      tidy(() =>
        outputsOf(model, shifted(images, shift, size), (_, output) => {
          const relative = tidy(() => {
            const map = maps[found.length]!;
            const want = map.rank === 4 ? shifted(map as Tensor4D, shift, size) : map;
            const error = length(sub(output, want));
            // The divisor is not 0 where a map is.
            return div(error, maximum(length(map), SMALLEST_NORMAL)) as Scalar;
          });
          found.push(keep(relative));
        }),
      );
    }
    const all = await valuesOf(errors.flat());
    return rows.map((row, at) => ({
      ...row,
      errors: shifts.map((_, i) => all[i * rows.length + at]!),
    }));
  } finally {
    dispose([...maps, ...errors.flat()]);
  }
}

/** ‖x‖₂. tfjs's `norm` takes powers instead of squares, which takes five times as long on wasm. */
function length(x: Tensor): Scalar {
  return sqrt(sum(square(x)));
}

/** The largest shift, in pixels. */
const FARTHEST = 2 ** 20;

/** Layers that change the border, and so move the map relative to the image. */
const BORDERS = new Set(['InputLayer', 'ZeroPadding2D', 'Cropping2D', 'ds>PadImage']);

/** @throws ConfigError if the images are not the only input of the model. */
function requireOneInput(op: string, model: LayersModel, images: Tensor4D): void {
  const declared = model.inputs.map(({ shape }) => shape);
  const suits = (shape: (number | null)[]) =>
    shape.length === 4 && shape.every((size, axis) => size === null || size === images.shape[axis]);
  if (declared.length === 1 && suits(declared[0]!)) return;
  const wanted = declared.map((shape) => `[${shape.map(String).join(', ')}]`).join(' and ');
  throw new ConfigError(
    `${op}: images must have the shape of the model's input, ${wanted}, got [${images.shape}]`,
  );
}

/** Calls `see` with each output of each layer. */
function outputsOf(
  model: LayersModel,
  images: Tensor4D,
  see: (call: LayerCall, output: Tensor) => void,
): void {
  tidy(() =>
    watchLayers(
      model,
      () => {
        model.apply(images, { training: false });
      },
      (call) => {
        if (BORDERS.has(call.layer.getClassName())) return;
        for (const output of call.outputs) see(call, output);
      },
    ),
  );
}

/** A map, shifted circularly by s·h/H along each axis. */
function shifted(map: Tensor4D, shift: [number, number], image: [number, number]): Tensor4D {
  const [rows, columns] = [0, 1].map((axis) => {
    const size = map.shape[axis + 1]!;
    return shiftMatrix(size, (shift[axis]! * size) / image[axis]!);
  }) as [Tensor2D, Tensor2D];
  return resample(map, rows, columns);
}

/** The matrix [N, N] of a circular shift: `(1/N) Σ_{|k| ≤ N/2} cos(2πk (i − p − s)/N)`. */
function shiftMatrix(size: number, by: number): Tensor2D {
  const values = Array.from({ length: size }, (_, offset) => interpolation(size, offset - by));
  const rows = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, p) => values[(i - p + size) % size]!),
  );
  return tensor2d(rows);
}

/** The trigonometric interpolation of a unit pulse, with half of the frequencies ±N/2. */
function interpolation(size: number, position: number): number {
  if (Number.isInteger(position)) return position % size === 0 ? 1 : 0;
  const angle = (Math.PI * position) / size;
  const sine = Math.sin(Math.PI * position) / size;
  return size % 2 === 1 ? sine / Math.sin(angle) : sine / Math.tan(angle);
}

async function valuesOf(scalars: Scalar[]): Promise<number[]> {
  if (scalars.length === 0) return [];
  const all = tidy(() => stack(scalars));
  try {
    return [...(await all.data<'float32'>())];
  } finally {
    all.dispose();
  }
}
