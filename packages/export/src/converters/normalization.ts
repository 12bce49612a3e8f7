import type { Converter } from './converter.js';

/** `BatchNormalization` at inference, with the statistics of training. */
export const batchNormalization: Converter = (application) => {
  const { graph, x, config } = application;
  const rank = x.shape.length;
  // Keras writes a list with one axis.
  const [given, ...more] = [config.axis].flat() as number[];
  if (more.length > 0) application.refuse('have one axis', config.axis);
  const axis = (given! + rank) % rank;
  const channels = x.shape[axis]!;
  const ones = (name: string, value: number) =>
    application.optionalWeight(name) ??
    application.constant(name, () => ({
      shape: [channels],
      values: new Float32Array(channels).fill(value),
    }));
  const constants = {
    gamma: ones('gamma', 1),
    beta: ones('beta', 0),
    mean: application.weight('moving_mean'),
    variance: application.weight('moving_variance'),
  };
  const epsilon = config.epsilon as number;
  if (axis === rank - 1) return graph.batchNorm(x, constants, epsilon);
  const axes = x.shape.map((_, at) => at);
  const toLast = [...axes.filter((at) => at !== axis), axis];
  const y = graph.batchNorm(graph.transpose(x, toLast), constants, epsilon);
  return graph.transpose(
    y,
    axes.map((at) => toLast.indexOf(at)),
  );
};
