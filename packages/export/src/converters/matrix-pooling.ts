import { isIdentityMatrix, type LayerWith, matricesOf } from '@ds/graph';
import { dispose, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/**
 * A pooling or an upsampling with the member `matrices` of `PoolingLayer`:
 * `y = R x Cᵀ − U (V x C'ᵀ)`. Learned strides have their present values. A second input only sets
 * the output size, and is not part of the graph.
 */
export const matrixPooling: Converter = (application) => {
  const { graph } = application;
  return imageInChannelsLast(application, (x) => {
    const [, height, width] = x.shape as [number, number, number, number];
    const { rows, columns, skew } = constantsOf(application, height, width);
    const y = graph.resample(x, rows, columns);
    if (!skew) return y;
    const inner = graph.resample(x, skew.analysis, skew.columns);
    return graph.arithmetic('subtract', y, graph.resample(inner, skew.synthesis, null));
  });
};

/** The matrices of a pooling. `null` is the identity. */
interface PoolingConstants {
  rows: Constant | null;
  columns: Constant | null;
  skew: { synthesis: Constant; analysis: Constant; columns: Constant } | null;
}

/** The matrices for images of one size. All applications at this size share them. */
function constantsOf(
  application: LayerApplication,
  height: number,
  width: number,
): PoolingConstants {
  const layer = application.layer as LayerWith<'matrices'>;
  const output = sidesOfReference(application);
  const { rows, columns, skew } = matricesOf(application.fn, layer, [height, width], output);
  const sizes = [[height, width], output].flatMap((sides) => (sides ? [sides.join('x')] : []));
  const constant = (name: string, matrix: Tensor2D) =>
    application.constant([name, ...sizes].join('_'), () => ({
      shape: matrix.shape.slice(),
      values: matrix.dataSync<'float32'>(),
    }));
  const made = {
    rows: isIdentityMatrix(rows) ? null : constant('rows', rows),
    columns: isIdentityMatrix(columns) ? null : constant('columns', columns),
    skew: skew
      ? {
          synthesis: constant('skew_synthesis', skew.synthesis),
          analysis: constant('skew_analysis', skew.analysis),
          columns: constant('skew_columns', skew.columns),
        }
      : null,
  };
  dispose([rows, columns, ...Object.values(skew ?? {})]);
  return made;
}

/** Height and width of the second input, if there is one. */
function sidesOfReference({ inputs, config }: LayerApplication): [number, number] | undefined {
  const shape = inputs[1]?.shape as [number, number, number, number] | undefined;
  if (!shape) return undefined;
  return config.dataFormat === 'channelsFirst' ? [shape[2], shape[3]] : [shape[1], shape[2]];
}
