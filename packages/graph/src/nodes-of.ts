import { requireModel } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { evaluateGraph } from './evaluate-graph.js';
import type { GraphNode } from './node-of.js';

/**
 * Lists the applications of layers between a model's inputs and outputs, each once and after those
 * of its inputs. A nested model is one application, and input layers are none.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function nodesOf(model: LayersModel): GraphNode[] {
  requireModel('nodesOf', 'model', model);
  const nodes: GraphNode[] = [];
  evaluateGraph(model, model.inputs, (node, valueAt) => {
    node.inputTensors.forEach(valueAt);
    nodes.push(node);
    return node.outputTensors;
  });
  return nodes;
}
