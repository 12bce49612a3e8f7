import { ConfigError, refuse, requireTensor } from '@ds/checks';
import type { PoolingMatrices } from '@ds/kernels';
import { dispose, type Tensor2D } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayerWith } from './pooling-layer.js';

/**
 * Returns the matrices of a pooling for images of one size, after checking their shapes: rows
 * `[h, H]`, columns `[w, W]`, and with a skew synthesis `[h, r]`, analysis `[r, H]`, columns
 * `[w, W]`. The caller disposes of them.
 *
 * @param op the function that the caller used. Errors name it.
 * @param input height and width of the image.
 * @param output height and width of the reference, for layers with two inputs.
 * @throws ConfigError if the layer returns something else, numbers that are not finite, or matrices
 *   for another output size than its `computeOutputShape` has.
 */
export function matricesOf(
  op: string,
  layer: LayerWith<'matrices'>,
  input: [number, number],
  output?: [number, number],
): PoolingMatrices {
  const [height, width] = input;
  const made = layer.matrices(input, output);
  const name = `matrices of ${layer.name}`;
  if (!made || typeof made !== 'object') refuse(op, name, 'be { rows, columns }', made);
  const { rows, columns, skew } = made;
  const check = (part: string, matrix: Tensor2D, shape: [number | null, number | null]) => {
    requireTensor(op, `${name}.${part}`, matrix, { rank: 2 });
    const bad = matrix.dataSync().find((value) => !Number.isFinite(value));
    if (bad !== undefined) {
      throw new ConfigError(`${op}: ${name}.${part} must have finite numbers, got ${bad}`);
    }
    if (shape.every((size, axis) => size === null || size === matrix.shape[axis])) return;
    const wanted = shape.map((size) => size ?? '?').join(', ');
    const rule = `${name}.${part} must have the shape [${wanted}] for images of ${height}×${width}`;
    throw new ConfigError(`${op}: ${rule}, got [${matrix.shape.join(', ')}]`);
  };
  const [h, w] = output ?? declaredSize(layer, input);
  try {
    check('rows', rows, [h, height]);
    check('columns', columns, [w, width]);
    if (skew) {
      check('skew.analysis', skew.analysis, [null, height]);
      check('skew.synthesis', skew.synthesis, [rows.shape[0], skew.analysis.shape[0]]);
      check('skew.columns', skew.columns, [columns.shape[0], width]);
    }
  } catch (error) {
    dispose(made);
    throw error;
  }
  return made;
}

/** The output size that a layer declares. Learned sizes are `null`. */
function declaredSize(
  layer: LayerWith<'matrices'>,
  [height, width]: [number, number],
): [number | null, number | null] {
  const node = layer.inboundNodes[0];
  // A layer that does not declare its shape has that of its input.
  if (layer.computeOutputShape === layers.Layer.prototype.computeOutputShape) return [null, null];
  if (node?.inputTensors.length !== 1) return [null, null];
  const shape = node.inputTensors[0]!.shape.slice();
  const at = layer.getConfig().dataFormat === 'channelsFirst' ? 2 : 1;
  shape.splice(at, 2, height, width);
  const sides = (layer.computeOutputShape(shape) as (number | null)[]).slice(at, at + 2);
  return [sides[0] ?? null, sides[1] ?? null];
}
