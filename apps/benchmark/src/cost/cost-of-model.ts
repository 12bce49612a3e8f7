import { costReport, costTable, resnet18, resnet56 } from '@ds/models';
import { namingPoolings } from '../fitting-maps.js';
import { wholeStrides } from '../make-config.js';
import { useOwnBackend } from '../own-backend.js';

/** What the `cost` command is asked. */
export interface CostOptions {
  model: 'resnet18' | 'resnet56';
  /** `'conv'` or a registered pooling. */
  pooling: string;
  /** Of stem and stages, or without the stem and stage 1; default the model's. */
  strides?: number[];
  /** [height, width, channels]. */
  input: number[];
  classes: number;
  width?: number;
  variant?: 'preact' | 'original';
  stem: 'cifar' | 'imagenet';
  smoothness?: number;
}

/**
 * The layers of a model and what each costs for one image, as a table.
 *
 * @throws Error if an option does not suit the model, or a map is too small for its pooling.
 */
export async function costOfModel(options: CostOptions): Promise<string> {
  // Sizes and counts are the same everywhere; this is the fastest way to see them in Node.
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
