import { type GraphNode, nodeOf, nodesOf } from '@ds/graph';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Downsampler, mixesPixels } from './swap-downsamplers.js';

/** Whether the inputs of an application depend on the outputs of one of some others. */
export function followsAny(node: GraphNode, others: GraphNode[]): boolean {
  const seen = new Set<GraphNode>();
  const waiting = node.inputTensors.map(nodeOf);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (others.includes(next)) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...next.inputTensors.map(nodeOf));
  }
  return false;
}

/** Stock layers with a nonlinear function. A `PReLU` may have a weight for each pixel. */
const ACTIVATIONS = new Set(['Activation', 'ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU']);

/**
 * The application after which a pooling comes: that of the downsampler itself, or that of the
 * activation after it, if that computes each pixel alone. Only a batch norm may be between them,
 * and nothing else may use the outputs between.
 */
export function poolingPosition(
  node: GraphNode,
  { kind, isActivated, dataFormat }: Downsampler,
  placement: 'convolution' | 'activation',
  model: tfl.LayersModel,
): GraphNode {
  if (kind !== 'convolution' || isActivated || placement === 'convolution') return node;
  const nodes = nodesOf(model);
  const next = (of: GraphNode): GraphNode | null => {
    const output = of.outputTensors[0]!;
    const users = nodes.filter((one) => one.inputTensors.includes(output));
    return users.length === 1 && !model.outputs.includes(output) ? users[0]! : null;
  };
  let after = next(node);
  if (after?.outboundLayer.getClassName() === 'BatchNormalization') after = next(after);
  const isActivation =
    after !== null &&
    ACTIVATIONS.has(after.outboundLayer.getClassName()) &&
    after.outboundLayer.getConfig().activation !== 'linear' &&
    !mixesPixels(after.outboundLayer.getConfig().activation, dataFormat);
  return isActivation ? after! : node;
}
