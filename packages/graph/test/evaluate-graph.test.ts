import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateGraph, type GraphNode, nodeOf, nodesOf } from '../src/index.js';
import { SumAndInput } from './sum-and-input.js';

const apply = (layer: tf.layers.Layer, ...x: tf.SymbolicTensor[]) =>
  layer.apply(x.length === 1 ? x[0]! : x) as tf.SymbolicTensor;
const dense = (name: string) => tf.layers.dense({ name, units: 2 });

/**
 * Two inputs, of which a shared layer makes two branches. One goes through a layer of two outputs,
 * and is read twice. A nested model joins the branches.
 */
function branched(): tf.LayersModel {
  const [left, right] = ['left', 'right'].map((name) => tf.input({ name, shape: [2] }));
  const shared = dense('shared');
  const [a, b] = [apply(shared, left!), apply(shared, right!)];
  const [sum, same] = new SumAndInput({ name: 'both' }).apply(a) as tf.SymbolicTensor[];
  const inside = tf.input({ name: 'inside', shape: [2] });
  const nested = tf.model({ name: 'nested', inputs: inside, outputs: apply(dense('in'), inside) });
  const joined = apply(tf.layers.add({ name: 'join' }), same!, apply(nested, b), a);
  return tf.model({ inputs: [left!, right!], outputs: [apply(dense('last'), joined), sum!] });
}

const ORDER = ['shared', 'both', 'shared', 'nested', 'join', 'last'];
const names = (nodes: GraphNode[]) => nodes.map(({ outboundLayer }) => outboundLayer.name);
const numbers = (tensors: tf.Tensor[]) => tensors.map((one) => one.arraySync());

describe('evaluateGraph', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('computes the outputs that tfjs computes, with each application once', () => {
    const model = branched();
    const seen: GraphNode[] = [];
    tf.tidy(() => {
      const inputs = [tf.tensor2d([[1, -2]]), tf.tensor2d([[3, 5]])];
      const outputs = evaluateGraph<tf.Tensor>(model, inputs, (node, valueAt) => {
        const values = node.inputTensors.map(valueAt);
        seen.push(node);
        return [node.outboundLayer.apply(values) as tf.Tensor].flat();
      });
      expect(numbers(outputs)).toEqual(numbers(model.predict(inputs) as tf.Tensor[]));
    });
    expect(names(seen)).toEqual(ORDER);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('counts the paths from an input to each output, like a count by hand', () => {
    const paths = evaluateGraph(branched(), [1, 0], (node, valueAt) => {
      const count = node.inputTensors.map(valueAt).reduce((sum, one) => sum + one, 0);
      return node.outputTensors.map(() => count);
    });
    expect(paths).toEqual([2, 1]);
  });

  it('evaluates only the applications on which an output depends', () => {
    const seen: string[] = [];
    const read: Record<string, number[]> = { both: [], join: [1] };
    const outputs = evaluateGraph(branched(), ['x', 'y'], (node, valueAt) => {
      const { name } = node.outboundLayer;
      seen.push(name);
      const given = (read[name] ?? [0]).map((at) => valueAt(node.inputTensors[at]!));
      return node.outputTensors.map((_, at) => given.join() || `${name}[${at}]`);
    });
    expect(outputs).toEqual(['y', 'both[0]']);
    expect(seen).toEqual(['last', 'join', 'nested', 'shared', 'both']);
  });

  it('returns the value of an input that is also an output', () => {
    const input = tf.input({ shape: [2] });
    const model = tf.model({ inputs: input, outputs: [input, apply(dense('one'), input)] });
    expect(evaluateGraph(model, [3], (_, valueAt) => [valueAt(input) + 1])).toEqual([3, 4]);
  });

  it('refuses wrong arguments by name', () => {
    const [model, of] = [branched(), () => []];
    const refused = (...args: unknown[]) =>
      expect(() => (evaluateGraph as (...given: unknown[]) => unknown)(...args));
    refused(null, [1, 2], of).toThrow(/^evaluateGraph: model must be a tf.LayersModel, got null/);
    refused(model, [1], of).toThrow('evaluateGraph: inputs must have 2 values, got 1');
    refused(model, [1, 2], 3).toThrow('evaluateGraph: ofNode must be a function, got 3');
  });
});

describe('nodesOf', () => {
  it('lists each application once, after those of its inputs', () => {
    const model = branched();
    const nodes = nodesOf(model);
    expect(names(nodes)).toEqual(ORDER);
    const made = new Set(model.inputs);
    for (const { inputTensors, outputTensors } of nodes) {
      expect(inputTensors.every((tensor) => made.has(tensor))).toBe(true);
      for (const tensor of outputTensors) made.add(tensor);
    }
    expect(model.outputs.every((tensor) => made.has(tensor))).toBe(true);
  });

  it('refuses values that are not models', () => {
    expect(() => nodesOf([] as never)).toThrow(/^nodesOf: model must be a tf.LayersModel, got /);
  });
});

describe('nodeOf', () => {
  it('returns the application that makes a tensor, also of a shared layer', () => {
    const model = branched();
    const shared = model.getLayer('shared');
    for (const node of shared.inboundNodes) {
      expect(nodeOf(node.outputTensors[0]!)).toBe(node);
    }
    expect(shared.inboundNodes).toHaveLength(2);
    expect(nodeOf(model.inputs[0]!).outputTensors).toEqual([model.inputs[0]]);
  });

  it.each([[null], [undefined], ['x'], [{}], [{ sourceLayer: {} }]])('refuses %o', (tensor) => {
    expect(() => nodeOf(tensor as never)).toThrow(
      /^nodeOf: tensor must be a tensor of a graph of tf.layers, got /,
    );
  });
});
