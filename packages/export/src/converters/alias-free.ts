import type { PolynomialActivation, UpsampledRelu } from '@ds/layers';
import { dispose, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Value } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** `UpsampledRelu`: `D relu(U x)`, with one matrix per axis for U and for D. */
export const upsampledRelu: Converter = (application) =>
  upsampled(application, (u) => application.graph.elementwise('relu', u));

/** `PolynomialActivation` (Michaeli et al. 2023): `D (a₀ + (a₁ + a₂ u) u)` with u = U x. */
export const polynomialActivation: Converter = (application) =>
  upsampled(application, (u) => {
    const { graph } = application;
    const { shape, values } = application.weight('coefficients');
    const channels = shape[1]!;
    const coefficient = (power: number) =>
      application.constant(`coefficient_${power}`, () => ({
        shape: [channels],
        values: values.subarray(power * channels, (power + 1) * channels),
      }));
    const slope = graph.arithmetic(
      'add',
      graph.arithmetic('multiply', u, coefficient(2)),
      coefficient(1),
    );
    return graph.arithmetic('add', graph.arithmetic('multiply', slope, u), coefficient(0));
  });

/** `D f(U x)`. */
function upsampled(application: LayerApplication, f: (u: Value) => Value): Value {
  const { graph } = application;
  return imageInChannelsLast(application, (x) => {
    const [, height, width] = x.shape as [number, number, number, number];
    const layer = application.layer as PolynomialActivation | UpsampledRelu;
    const { up, down } = layer.resampling([height, width]);
    const constant = (name: string, matrix: Tensor2D): Constant =>
      application.constant(`${name}_${height}x${width}`, () => ({
        shape: matrix.shape.slice(),
        values: matrix.dataSync<'float32'>(),
      }));
    const raised = graph.resample(
      x,
      constant('up_rows', up.rows),
      constant('up_columns', up.columns),
    );
    const y = graph.resample(
      f(raised),
      constant('down_rows', down.rows),
      constant('down_columns', down.columns),
    );
    dispose([up.rows, up.columns, down.rows, down.columns]);
    return y;
  });
}
