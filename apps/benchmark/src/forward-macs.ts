import { useBackend } from '@ds/backend';
import { costReport, type LayerCost, resnet18 } from '@ds/models';
import type { DatasetName, RunConfig } from './run-config.js';

/** What a dataset's images and classes are; a tree of image files is taken for ImageNet. */
const FORMS: Record<DatasetName, { shape: [number, number, number] | null; classes: number }> = {
  cifar10: { shape: [32, 32, 3], classes: 10 },
  cifar100: { shape: [32, 32, 3], classes: 100 },
  mnist: { shape: [28, 28, 1], classes: 10 },
  'fashion-mnist': { shape: [28, 28, 1], classes: 10 },
  imagefolder: { shape: null, classes: 1000 },
};

/** What each layer of a run's network costs for one image at its initial strides, without opening its dataset. */
export async function layerCosts(config: RunConfig): Promise<LayerCost[]> {
  // Sizes and counts are the same everywhere; this is the fastest way to see them in Node.
  await useBackend('wasm');
  const form = FORMS[config.dataset];
  const shape = form.shape ?? [config.imageSize, config.imageSize, 3];
  const { pooling, poolingConfig, strides, width, variant, stem } = config;
  const model = resnet18({
    inputShape: shape as [number, number, number],
    classes: form.classes,
    pooling,
    poolingConfig,
    strides,
    width,
    variant,
    stem,
  });
  const layers = costReport(model, shape);
  model.dispose();
  return layers;
}

/** Multiply-adds for one image at the initial strides. */
export async function forwardMacs(config: RunConfig): Promise<number> {
  const layers = await layerCosts(config);
  return layers.reduce((total, { macs }) => total + macs, 0);
}
