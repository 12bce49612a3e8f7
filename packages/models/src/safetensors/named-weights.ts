import { ConfigError } from '@ds/checks';
import { layersOf } from '@ds/graph';
import type { LayersModel, LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { ownWeights } from '../own-weights.js';

/** A weight of a model, with its name and its layout in a file. */
export interface NamedWeight {
  name: string;
  weight: LayerVariable;
  /** The layer that the weight belongs to. */
  layer: layers.Layer;
  /**
   * For each axis of the file's tensor, the axis of the weight. PyTorch stores convolutions as
   * [out, in, height, width], and dense layers as [out, in].
   */
  axes: number[];
}

/**
 * The weights of a model by their names in a file, each once. A residual network of this package
 * has torchvision's names and layouts. The weights of another model have the names `layer/weight`
 * and their own layout.
 *
 * @throws ConfigError if two weights have one name.
 */
export function namedWeights(op: string, model: LayersModel): NamedWeight[] {
  const placed = layersOf(model, op).filter(({ layer }) => layer.weights.length > 0);
  const isResidual = placed.every(({ path }) => torchLayerName(path) !== null);
  const seen = new Set<LayerVariable>();
  const weights = placed.flatMap(({ layer, path }) =>
    ownWeights(layer).flatMap((weight) => {
      if (seen.has(weight)) return [];
      seen.add(weight);
      const plain = weight.originalName.split('/').at(-1)!;
      const ownAxes = weight.shape.map((_, axis) => axis);
      if (!isResidual) return [{ name: `${path}/${plain}`, weight, layer, axes: ownAxes }];
      const name = `${torchLayerName(path)}.${TORCH_WEIGHTS[layer.getClassName()]?.[plain] ?? plain}`;
      const axes = (plain === 'kernel' && TORCH_AXES[weight.shape.length]) || ownAxes;
      return [{ name, weight, layer, axes }];
    }),
  );
  requireDistinct(op, weights);
  return weights;
}

/** A file has one tensor of a name. */
function requireDistinct(op: string, weights: NamedWeight[]): void {
  const names = new Set<string>();
  for (const { name } of weights) {
    if (names.has(name)) {
      throw new ConfigError(
        `${op}: model must have a name of its own for each weight, got two of ${name}`,
      );
    }
    names.add(name);
  }
}

/** The axes of a kernel by its rank: of a dense layer, and of convolutions of 1, 2 and 3 axes. */
const TORCH_AXES: Record<number, number[]> = {
  2: [1, 0],
  3: [2, 1, 0],
  4: [3, 2, 0, 1],
  5: [4, 3, 0, 1, 2],
};

/** PyTorch's names of weights by class. */
const TORCH_WEIGHTS: Record<string, Record<string, string>> = {
  Conv2D: { kernel: 'weight', bias: 'bias' },
  Dense: { kernel: 'weight', bias: 'bias' },
  BatchNormalization: {
    gamma: 'weight',
    beta: 'bias',
    moving_mean: 'running_mean',
    moving_variance: 'running_var',
  },
};

/** torchvision's names of layers. It has no poolings with weights, and no final batch norm. */
const TORCH_LAYERS: Record<string, string> = {
  'stem.conv': 'conv1',
  'stem.bn': 'bn1',
  'stem.pool': 'pool',
  'final.bn': 'norm',
  dense: 'fc',
};

/** torchvision's names of the layers of a block. */
const TORCH_BLOCK: Record<string, string> = {
  shortcut: 'downsample.0',
  'shortcut.bn': 'downsample.1',
};

/** torchvision's name of a layer of a residual network, or `null` for another layer. */
function torchLayerName(path: string): string | null {
  const block = /^stage(\d+)\.block(\d+)\.(conv[12]|bn[12]|pool|shortcut|shortcut\.bn)$/.exec(path);
  if (!block) return Object.hasOwn(TORCH_LAYERS, path) ? TORCH_LAYERS[path]! : null;
  const [, stage, index, layer] = block as unknown as [string, string, string, string];
  return `layer${stage}.${index}.${TORCH_BLOCK[layer] ?? layer}`;
}
