import { costReport, costTable, resnet18, resnet56 } from '@ds/models';
import { namingPoolings } from '../fitting-maps.js';
import { wholeStrides } from '../make-config.js';
import { useOwnBackend } from '../own-backend.js';

/** Options of the `cost` command. */
export interface CostOptions {
  model: 'resnet18' | 'resnet56';
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
  const { model: name, stem, input, smoothness, strides, ...shared } = options;
  const stages = name === 'resnet18' ? 4 : 3;
  if (strides && ![stages - 1, stages + 1].includes(strides.length)) {
    throw new Error(
      `--strides must be ${stages - 1} or ${stages + 1} numbers for ${name}, got ${strides}`,
    );
  }
  const resnetOptions = {
    ...shared,
    strides: strides && wholeStrides(strides, 1 + stages, stem),
    inputShape: input as [number, number, number],
    poolingConfig: smoothness === undefined ? {} : { smoothness },
  };
  const model =
    name === 'resnet18' ? resnet18({ ...resnetOptions, stem }) : resnet56(resnetOptions);
  const report = namingPoolings(model, { pooling: options.pooling, strides: strides ?? [] }, () =>
    costReport(model, input),
  );
  return costTable(report);
}
