import { layersOf } from '@ds/graph';
import { isMaskedConv2D, isMaskedDepth } from '@ds/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { strideVariables } from './stride-variables.js';

/** A learned size of a layer. */
export interface SizeRow {
  /** The layer's path, after the models and layers around it. */
  layer: string;
  /** A kernel's taps [height, width], channels, blocks, or strides [S_h, S_w] in pixels. */
  kind: 'kernel' | 'width' | 'depth' | 'strides';
  /** The real sizes. */
  sizes: number[];
  /** The whole numbers that the layer computes with. For strides, the strides themselves. */
  kept: number[];
}

/**
 * Lists the learned sizes of a model in network order: those of `MaskedConv2D` and `MaskedDepth`,
 * and the strides of `strideVariables`. Blocks that do not run are in the list too. Reads the sizes
 * on the host.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function sizeReport(model: LayersModel): SizeRow[] {
  const rows = new Map<string, SizeRow[]>();
  for (const { layer, path } of layersOf(model, 'sizeReport')) {
    const found: SizeRow[] = [];
    rows.set(path, found);
    const add = (kind: SizeRow['kind'], sizes: number[], kept: number[]) => {
      found.push({ layer: path, kind, sizes, kept });
    };
    if (isMaskedDepth(layer)) add('depth', [layer.depth], [layer.keptDepth]);
    if (!isMaskedConv2D(layer)) continue;
    const { learnsKernel, learnsWidth } = layer.getConfig();
    const { sizes, keptSizes } = layer;
    if (learnsKernel) add('kernel', sizes.kernel, keptSizes.kernel);
    if (learnsWidth) add('width', [sizes.width], [keptSizes.width]);
  }
  for (const { layer, strides } of strideVariables(model)) {
    rows.get(layer)!.push({ layer, kind: 'strides', sizes: strides, kept: strides });
  }
  return [...rows.values()].flat();
}
