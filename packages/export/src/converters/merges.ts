import type { Arithmetic, Value } from '../graph/neutral-graph.js';
import type { Converter } from './converter.js';

/** `Add`, `Multiply`, `Maximum` or `Minimum` of inputs with one rank. */
export function merging(apply: Arithmetic): Converter {
  return (application) => {
    const { inputs, graph } = application;
    const ranks = inputs.map(({ shape }) => shape.length);
    if (new Set(ranks).size > 1) application.refuse('have inputs of one rank', ranks);
    return inputs.reduce((sum: Value, input) => graph.arithmetic(apply, sum, input));
  };
}

/** `Average`. */
export const average: Converter = (application) => {
  const sum = merging('add')(application) as Value;
  return application.graph.arithmetic('multiply', sum, 1 / application.inputs.length);
};

/** `Concatenate` along an axis. */
export const concatenate: Converter = ({ inputs, graph, x, config }) => {
  const rank = x.shape.length;
  return graph.concat(inputs, ((config.axis as number) + rank) % rank);
};
