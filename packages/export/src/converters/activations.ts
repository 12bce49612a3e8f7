import type { LayerApplication } from '../graph/layer-application.js';
import type { Value } from '../graph/neutral-graph.js';
import type { Converter } from './converter.js';

/** The activation functions of tf.layers by name. `x` is the input. */
const FUNCTIONS: Record<string, (application: LayerApplication, x: Value) => Value> = {
  linear: (_, x) => x,
  relu: ({ graph }, x) => graph.elementwise('relu', x),
  relu6: ({ graph }, x) => graph.elementwise('relu6', x),
  sigmoid: ({ graph }, x) => graph.elementwise('sigmoid', x),
  tanh: ({ graph }, x) => graph.elementwise('tanh', x),
  elu: ({ graph }, x) => graph.elementwise('elu', x),
  selu: ({ graph }, x) => graph.elementwise('selu', x),
  softplus: ({ graph }, x) => graph.elementwise('softplus', x),
  softmax: ({ graph }, x) => graph.softmax(x),
  // The logarithm of a softmax would be −∞ where the softmax underflows.
  logSoftmax: ({ graph }, x) => {
    const axes = [x.shape.length - 1];
    const shifted = graph.arithmetic('subtract', x, graph.reduce('max', x, axes, true));
    const total = graph.reduce('sum', graph.elementwise('exp', shifted), axes, true);
    return graph.arithmetic('subtract', shifted, graph.elementwise('log', total));
  },
  softsign: ({ graph }, x) => {
    const size = graph.arithmetic('add', graph.elementwise('abs', x), 1);
    return graph.arithmetic('divide', x, size);
  },
  hardSigmoid: ({ graph }, x) => {
    const line = graph.arithmetic('add', graph.arithmetic('multiply', x, 0.2), 0.5);
    return graph.arithmetic('minimum', graph.arithmetic('maximum', line, 0), 1);
  },
  swish: ({ graph }, x) => graph.arithmetic('multiply', graph.elementwise('sigmoid', x), x),
  mish: ({ graph }, x) => {
    const gate = graph.elementwise('tanh', graph.elementwise('softplus', x));
    return graph.arithmetic('multiply', gate, x);
  },
  gelu: ({ graph }, x) => {
    const erf = graph.elementwise('erf', graph.arithmetic('multiply', x, Math.SQRT1_2));
    const twice = graph.arithmetic('multiply', graph.arithmetic('add', erf, 1), x);
    return graph.arithmetic('multiply', twice, 0.5);
  },
};

/** Applies an activation by its name in a configuration. */
export function activated(application: LayerApplication, x: Value, name: unknown): Value {
  const apply = Object.hasOwn(FUNCTIONS, `${name}`) ? FUNCTIONS[`${name}`] : undefined;
  if (apply) return apply(application, x);
  return application.refuse(`have an activation of ${Object.keys(FUNCTIONS).join(', ')}`, name);
}

/** `Activation` with any of these functions. */
export const activation: Converter = (application) =>
  activated(application, application.x, application.config.activation);

/** `ReLU`, with or without `maxValue`. */
export const relu: Converter = ({ graph, x, config }) => {
  const largest = config.maxValue as number | null | undefined;
  if (largest === 6) return graph.elementwise('relu6', x);
  const y = graph.elementwise('relu', x);
  return largest == null ? y : graph.arithmetic('minimum', y, largest);
};

export const leakyRelu: Converter = ({ graph, x, config }) =>
  graph.leakyRelu(x, config.alpha as number);

/** `PReLU`: `max(x, 0) + α min(x, 0)`. α has the last axes of x. */
export const prelu: Converter = (application) => {
  const { graph, x } = application;
  const below = graph.arithmetic('minimum', x, 0);
  const scaled = graph.arithmetic('multiply', below, application.weight('alpha'));
  return graph.arithmetic('add', graph.elementwise('relu', x), scaled);
};

/** `ELU`. tfjs has no other α than 1. */
export const elu: Converter = ({ graph, x }) => graph.elementwise('elu', x);

/** `Softmax`. tfjs computes it over the last axis only. */
export const softmax: Converter = (application) => {
  const { graph, x, config } = application;
  const last = x.shape.length - 1;
  if (![last, -1].includes(config.axis as number)) {
    application.refuse(`have the last axis, ${last}`, config.axis);
  }
  return graph.softmax(x);
};
