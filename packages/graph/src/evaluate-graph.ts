import { requireFunction, requireList, requireModel } from '@ds/checks';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { type GraphNode, nodeOf } from './node-of.js';

/**
 * Computes a value for every output of a model from one value for every input. Values may be
 * anything: shapes, tensors of a copy, steps of another format. `ofNode` computes the values of one
 * application's outputs, in order. It gets those of other tensors from `valueAt`, usually of
 * `node.inputTensors`. Each application is evaluated once, and only if a value depends on it.
 *
 * A nested model is one application. `ofNode` can call `evaluateGraph` for it.
 *
 * @throws ConfigError if model is not a model of tf.layers, `inputs` does not have one value for
 *   each of its inputs, or `ofNode` is not a function.
 */
export function evaluateGraph<Value>(
  model: LayersModel,
  inputs: Value[],
  ofNode: (node: GraphNode, valueAt: (tensor: SymbolicTensor) => Value) => Value[],
): Value[] {
  requireModel('evaluateGraph', 'model', model);
  requireList('evaluateGraph', 'inputs', inputs, model.inputs.length);
  requireFunction('evaluateGraph', 'ofNode', ofNode);
  const values = new Map<SymbolicTensor, Value>(
    model.inputs.map((input, at) => [input, inputs[at]!]),
  );
  const valueAt = (tensor: SymbolicTensor): Value => {
    if (values.has(tensor)) return values.get(tensor)!;
    const node = nodeOf(tensor);
    const outputs = ofNode(node, valueAt);
    node.outputTensors.forEach((output, at) => {
      values.set(output, outputs[at]!);
    });
    return values.get(tensor)!;
  };
  return model.outputs.map(valueAt);
}
