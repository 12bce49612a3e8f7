import { costReport, costTable, mobilenetV2, resnet18, resnet56 } from '@ds/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fittingModel, namingPoolings } from '../network/fitting-maps.js';
import {
  type CostModelName,
  stridesCounts,
  stridesOfTwo,
  wholeStrides,
} from '../network/networks.js';
import { widthMultiplier } from '../network/run-model.js';
import { requireOptionFlags } from '../poolings/pooling-options.js';
import { useOwnBackend } from '../process/own-backend.js';

/** Options of the `cost` command. */
export interface CostOptions {
  model: CostModelName;
  /** `'conv'` or a registered pooling. */
  pooling: string;
  /** Strides of stem and stages, or without stem and stage 1. Default: the model's. */
  strides?: number[];
  /** Image shape `[height, width, channels]`. */
  input: number[];
  classes: number;
  width?: number;
  variant?: 'preact' | 'original';
  stem: 'cifar' | 'imagenet';
  smoothness?: number;
}

/**
 * A table of the layers of a model, with the cost of each for one image.
 *
 * @throws Error if an option does not fit the model, or a feature map is too small for its pooling.
 */
export async function costOfModel(options: CostOptions): Promise<string> {
  // Sizes and counts do not depend on the backend. This one is the fastest in Node.
  await useOwnBackend('wasm');
  const { model: name, strides } = options;
  const counts = stridesCounts(name);
  if (strides && !counts.includes(strides.length)) {
    throw new Error(`--strides must be ${counts.join(' or ')} numbers for ${name}, got ${strides}`);
  }
  requireOptionFlags({ smoothness: options.smoothness }, [options.pooling]);
  const chosen = { pooling: options.pooling, strides: strides ?? [] };
  const model = fittingModel(() => modelFor(options), chosen);
  const report = namingPoolings(model, chosen, () => costReport(model, options.input));
  return costTable(report);
}

function modelFor(options: CostOptions): LayersModel {
  // The flags of the command line may have others, such as `--import`.
  const {
    model: name,
    pooling,
    classes,
    stem,
    input,
    smoothness,
    strides,
    variant,
    width,
  } = options;
  const shared = {
    pooling,
    classes,
    strides: strides && wholeStrides(name, strides, stem),
    inputShape: input as [number, number, number],
    poolingConfig: smoothness === undefined ? {} : { smoothness },
  };
  if (name === 'resnet18') return resnet18({ ...shared, width, variant, stem });
  if (name === 'resnet56' && stem !== 'cifar') {
    throw new Error(`--stem must be cifar for resnet56, got ${stem}`);
  }
  if (name === 'resnet56') return resnet56({ ...shared, width, variant });
  if (variant) throw new Error(`--variant must be left out for ${name}, got ${variant}`);
  return mobilenetV2({
    ...shared,
    strides: shared.strides ?? wholeStrides(name, stridesOfTwo(name), stem),
    width: width === undefined ? 1 : widthMultiplier(width),
  });
}
