import { refuse } from '@ds/checks';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** One application of a layer in a graph, with its input and output tensors. */
export type GraphNode = layers.Layer['inboundNodes'][number];

/**
 * Returns the application of a layer that makes a tensor. The application of an input layer has its
 * own output as input.
 *
 * @throws ConfigError if `tensor` is not a tensor of a graph of tf.layers.
 */
export function nodeOf(tensor: SymbolicTensor): GraphNode {
  const { sourceLayer, nodeIndex } = (tensor ?? {}) as Partial<SymbolicTensor>;
  const node = sourceLayer?.inboundNodes?.[nodeIndex!];
  return node ?? refuse('nodeOf', 'tensor', 'be a tensor of a graph of tf.layers', tensor);
}
