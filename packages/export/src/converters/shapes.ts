import type { Pair } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** A layer that only acts in training, such as `Dropout`. */
export const identity: Converter = ({ x }) => x;

/** `Flatten`. With channels first, tfjs moves the channels to the end before. */
export const flatten: Converter = ({ graph, x, config }) => {
  const axes = x.shape.map((_, axis) => axis);
  const isFirst = config.dataFormat === 'channelsFirst' && axes.length > 2;
  const last = isFirst ? graph.transpose(x, [0, ...axes.slice(2), 1]) : x;
  return graph.reshape(last, [product(x.shape.slice(1))]);
};

/** `Reshape`. One size may be −1. */
export const reshape: Converter = ({ graph, x, config }) => {
  const target = config.targetShape as (number | null)[];
  const known = target.filter((size) => size !== null && size >= 0) as number[];
  const rest = product(x.shape.slice(1)) / product(known);
  return graph.reshape(
    x,
    target.map((size) => (size !== null && size >= 0 ? size : rest)),
  );
};

/** `Permute`. Its axes count from 1, after the batch. */
export const permute: Converter = ({ graph, x, config }) =>
  graph.transpose(x, [0, ...(config.dims as number[])]);

/** `ZeroPadding2D`. */
export const zeroPadding2d: Converter = (application) => {
  const [rows, columns] = application.config.padding as [Pair, Pair];
  return imageInChannelsLast(application, (x) =>
    application.graph.pad(x, [[0, 0], rows, columns, [0, 0]]),
  );
};

/** `Cropping2D`. */
export const cropping2d: Converter = (application) => {
  const cropping = application.config.cropping as [Pair, Pair];
  return imageInChannelsLast(application, (x) =>
    application.graph.slice(
      x,
      cropping.map(([before, after], at) => ({
        axis: at + 1,
        start: before,
        end: x.shape[at + 1]! - after,
        step: 1,
      })),
    ),
  );
};

/** `UpSampling2D`. */
export const upSampling2d: Converter = (application) => {
  const { size, interpolation } = application.config as {
    size: Pair;
    interpolation: 'nearest' | 'bilinear';
  };
  return imageInChannelsLast(application, (x) => application.graph.resize(x, size, interpolation));
};

function product(sizes: number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
