import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Value } from '../graph/neutral-graph.js';
import { activated } from './activations.js';
import type { Converter } from './converter.js';

/**
 * One step of a recurrent layer.
 *
 * @param x the step of `input · kernel + bias`, `[N, gates · units]`.
 * @param states the states before, or `null` before the first step, where they are 0.
 * @returns the states after. The first one is the output.
 */
type Step = (application: LayerApplication, x: Value, states: Value[] | null) => Value[];

/** `LSTM`. Its states are h and c. Its gates are i, f, c and o. */
export const lstm: Converter = (application) =>
  unrolled(application, (of, x, states) => {
    const { graph, config } = of;
    const z = withRecurrence(of, x, states);
    const gate = (at: number) =>
      activated(of, gateOf(of, z, at), config[at === 2 ? 'activation' : 'recurrentActivation']);
    const made = graph.arithmetic('multiply', gate(0), gate(2));
    const c = states
      ? graph.arithmetic('add', graph.arithmetic('multiply', gate(1), states[1]!), made)
      : made;
    const h = graph.arithmetic('multiply', gate(3), activated(of, c, config.activation));
    return [h, c];
  });

/** `GRU`. Its state is h. Its gates are z, r and h. tfjs multiplies h by r before the product. */
export const gru: Converter = (application) =>
  unrolled(application, (of, x, states) => {
    const { graph, config } = of;
    const before = states?.[0];
    const sumOf = (at: number, h: Value | undefined) => {
      const own = gateOf(of, x, at);
      return h ? graph.arithmetic('add', own, graph.dense(h, recurrentGate(of, at))) : own;
    };
    const gate = (at: number) => activated(of, sumOf(at, before), config.recurrentActivation);
    const kept = before && graph.arithmetic('multiply', gate(1), before);
    const next = activated(of, sumOf(2, kept), config.activation);
    const z = gate(0);
    if (!before) return [graph.arithmetic('subtract', next, graph.arithmetic('multiply', z, next))];
    const change = graph.arithmetic('multiply', z, graph.arithmetic('subtract', before, next));
    return [graph.arithmetic('add', next, change)];
  });

/** `SimpleRNN`. Its state is h. */
export const simpleRnn: Converter = (application) =>
  unrolled(application, (of, x, states) => [
    activated(of, withRecurrence(of, x, states), of.config.activation),
  ]);

/** The operations of all steps in a row. The states begin with 0. */
function unrolled(application: LayerApplication, step: Step): Value[] {
  const { graph, x, config, inputs } = application;
  if (inputs.length > 1) application.refuse('have one input', `${inputs.length} inputs`);
  if (config.stateful) application.refuse('not be stateful', config.stateful);
  const units = config.units as number;
  const length = x.shape[1]!;
  const gates = graph.dense(x, application.weight('kernel'), application.optionalWeight('bias'));
  let states: Value[] | null = null;
  const outputs: Value[] = [];
  for (let at = 0; at < length; at++) {
    const start = config.goBackwards ? length - 1 - at : at;
    const one = graph.slice(gates, [{ axis: 1, start, end: start + 1, step: 1 }]);
    states = step(application, graph.reshape(one, [gates.shape[2]!]), states);
    outputs.push(states[0]!);
  }
  const rows = () => outputs.map((output) => graph.reshape(output, [1, units]));
  const whole = config.returnSequences ? graph.concat(rows(), 1) : outputs.at(-1)!;
  return config.returnState ? [whole, ...states!] : [whole];
}

/** `x + h · kernel`, or x before the first step. */
function withRecurrence(application: LayerApplication, x: Value, states: Value[] | null): Value {
  if (!states) return x;
  const { graph } = application;
  const product = graph.dense(states[0]!, application.weight('recurrent_kernel'));
  return graph.arithmetic('add', x, product);
}

/** The part of `[N, gates · units]` for one gate. */
function gateOf({ graph, config }: LayerApplication, gates: Value, at: number): Value {
  const units = config.units as number;
  return graph.slice(gates, [{ axis: 1, start: at * units, end: (at + 1) * units, step: 1 }]);
}

/** The part of the recurrent kernel [units, gates · units] for one gate. */
function recurrentGate(application: LayerApplication, at: number): Constant {
  const { shape, values } = application.weight('recurrent_kernel');
  const [units, columns] = shape as [number, number];
  return application.constant(`recurrent_kernel_${at}`, () => ({
    shape: [units, units],
    values: Float32Array.from(
      { length: units * units },
      (_, i) => values[Math.floor(i / units) * columns + at * units + (i % units)]!,
    ),
  }));
}
