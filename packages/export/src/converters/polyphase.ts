import type { GraphBuilder } from '../graph/graph-builder.js';
import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Pair, Value } from '../graph/neutral-graph.js';
import { inChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/**
 * `ApsPool` (Chaman & Dokmanić 2021): the polyphase component with the largest ℓ_p norm. All inputs
 * of the layer keep the component that the first input chooses.
 */
export const apsPool: Converter = (application) =>
  largestComponents(application, (image, strides) => {
    const { graph, config } = application;
    const size = graph.elementwise('abs', image);
    // Magnitudes in [0, 1] have powers that do not overflow.
    const largest = graph.reduce('max', size, [1, 2, 3], true);
    const relative = graph.arithmetic(
      'divide',
      size,
      graph.arithmetic('maximum', largest, SMALLEST),
    );
    const order = config.order as number;
    const powers = raised(graph, relative, order);
    const sums = components(graph, powers, strides).map((one) =>
      graph.reshape(graph.reduce('sum', one, [1, 2, 3]), [1]),
    );
    return graph.concat(sums, 1);
  });

/** A divisor for images that are 0 everywhere. */
const SMALLEST = 1e-30;

function raised(graph: GraphBuilder, x: Value, order: number): Value {
  if (order === 1) return x;
  if (order === 2) return graph.arithmetic('multiply', x, x);
  return graph.arithmetic('power', x, Math.min(order, 1e30));
}

/**
 * `LpsPool` at inference (Rojas-Gomez et al. 2022): the polyphase component with the largest score,
 * the mean of `conv(relu(conv(x)))` with circular padding.
 */
export const lpsPool: Converter = (application) =>
  largestComponents(application, (image, strides) => {
    const { graph } = application;
    const scores = components(graph, image, strides).map((one) => {
      const wrapped = circular(graph, circular(graph, one, 1), 2);
      const hidden = graph.elementwise(
        'relu',
        graph.conv2d(wrapped, application.weight('kernel1'), {
          bias: application.weight('bias1'),
        }),
      );
      return graph.dense(graph.reduce('mean', hidden, [1, 2]), scoreKernel(application));
    });
    return graph.concat(scores, 1);
  });

/**
 * The second kernel, [hidden, 1]. With circular padding, each of its taps sees each pixel once. So
 * the mean of the convolution is a product with the mean of its input. Its bias is equal for all
 * components, and does not change the choice.
 */
function scoreKernel(application: LayerApplication): Constant {
  const { shape, values } = application.weight('kernel2');
  const [, , inputs, outputs] = shape as [number, number, number, number];
  return application.constant('score', () => {
    const score = new Float64Array(inputs);
    values.forEach((value, at) => {
      score[Math.floor(at / outputs) % inputs]! += value / outputs;
    });
    return { shape: [inputs, 1], values: score };
  });
}

/** Pads one axis by a pixel of the other side. */
function circular(graph: GraphBuilder, x: Value, axis: 1 | 2): Value {
  const size = x.shape[axis]!;
  const inside = Array.from({ length: size }, (_, at) => at);
  return graph.gather(x, axis, [size - 1, ...inside, 0]);
}

/**
 * `TipsPool` (Saha & Gokhale 2025): the sum of all polyphase components, weighted for each channel
 * by `softmax(scale · mean(relu(depthwise conv(x))))`, with a mean for each component.
 */
export const tipsPool: Converter = (application) =>
  weightedComponents(application, (image, strides) => {
    const { graph, config } = application;
    const channels = image.shape[3]!;
    const wrapped = circular(graph, circular(graph, image, 1), 2);
    const features = graph.elementwise(
      'relu',
      graph.depthwiseConv2d(wrapped, application.weight('kernel')),
    );
    const groups = config.averaging === 'phase' ? components : blocks;
    const logits = groups(graph, features, strides).map((group) => {
      const mean = graph.reduce('mean', group, [1, 2]);
      const scaled = graph.arithmetic('multiply', mean, application.weight('scale'));
      return graph.reshape(scaled, [channels, 1]);
    });
    const weights = graph.softmax(graph.concat(logits, 2));
    return logits.map((_, at) => {
      const share = graph.slice(weights, [{ axis: 2, start: at, end: at + 1, step: 1 }]);
      return graph.reshape(share, [1, 1, channels]);
    });
  });

/**
 * Keeps the component with the largest score, [N, components], of each input. With `returnsChoice`
 * the last output is the choice, as the layer's: 1 for this component, [N, components].
 */
function largestComponents(
  application: LayerApplication,
  scoresOf: (image: Value, strides: Pair) => Value,
): Value[] {
  const { graph, config } = application;
  const choices: Value[] = [];
  const pooled = weightedComponents(application, (image, strides) => {
    const scores = scoresOf(image, strides);
    const choice = graph.oneHotOfLargest(scores);
    choices.push(choice);
    return Array.from({ length: scores.shape[1]! }, (_, at) => {
      const chosen = graph.slice(choice, [{ axis: 1, start: at, end: at + 1, step: 1 }]);
      return graph.reshape(chosen, [1, 1, 1]);
    });
  });
  return config.returnsChoice ? [...pooled, ...choices] : pooled;
}

/**
 * The weighted sum of the components of each input. The first input gives a weight for each
 * component, [N, 1, 1, 1] or [N, 1, 1, C].
 */
function weightedComponents(
  application: LayerApplication,
  weightsOf: (image: Value, strides: Pair) => Value[],
): Value[] {
  const { graph, config } = application;
  const strides = config.strides as Pair;
  // One component is the whole image, and needs no weight.
  if (strides.every((stride) => stride === 1) && !config.returnsChoice) return application.inputs;
  return inChannelsLast(application, (images) => {
    const padded = images.map((image) => paddedTo(graph, image, strides));
    const weights = weightsOf(padded[0]!, strides);
    return padded.map((image) => {
      const parts = components(graph, image, strides).map((one, at) =>
        graph.arithmetic('multiply', one, weights[at]!),
      );
      return parts.reduce((sum, part) => graph.arithmetic('add', sum, part));
    });
  });
}

/** Pads an image with zeros at the end, to multiples of the strides. */
function paddedTo(graph: GraphBuilder, x: Value, strides: Pair): Value {
  const [rows, columns] = strides.map((stride, at) => {
    const size = x.shape[at + 1]!;
    return [0, Math.ceil(size / stride) * stride - size] as Pair;
  }) as [Pair, Pair];
  return graph.pad(x, [[0, 0], rows, columns, [0, 0]]);
}

/** The polyphase components `x[S_h p + i, S_w q + j]`, in row-major order of (i, j). */
function components(graph: GraphBuilder, x: Value, [stepH, stepW]: Pair): Value[] {
  return Array.from({ length: stepH * stepW }, (_, at) =>
    graph.slice(x, [
      { axis: 1, start: Math.floor(at / stepW), end: x.shape[1]!, step: stepH },
      { axis: 2, start: at % stepW, end: x.shape[2]!, step: stepW },
    ]),
  );
}

/** S_h × S_w equal blocks of an image, in row-major order. */
function blocks(graph: GraphBuilder, x: Value, [rows, columns]: Pair): Value[] {
  const [height, width] = [x.shape[1]! / rows, x.shape[2]! / columns];
  return Array.from({ length: rows * columns }, (_, at) => {
    const [top, left] = [Math.floor(at / columns) * height, (at % columns) * width];
    return graph.slice(x, [
      { axis: 1, start: top, end: top + height, step: 1 },
      { axis: 2, start: left, end: left + width, step: 1 },
    ]);
  });
}
