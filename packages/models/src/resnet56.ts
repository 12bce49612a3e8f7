import { requireOptions } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { RESNET_CHECKS, type ResnetOptions, residualNetwork } from './residual-network.js';

/** Options of {@link resnet56}. */
export interface Resnet56Options extends ResnetOptions {
  /** Strides of [stem, stage 1, stage 2, stage 3]; stage 1 must be 1. Default [1, 1, 2, 2]. */
  strides?: number[];
  /** Filters of the first stage, doubled at each later one. Default 16. */
  width?: number;
  /** `'original'` (default): post-activation; `'preact'`: pre-activation. */
  variant?: 'preact' | 'original';
}

/**
 * ResNet-56 for CIFAR (He, Zhang, Ren & Sun, "Deep residual learning for image recognition", 2016): 6n + 2
 * layers with n = 9, three stages of nine blocks, 16, 32 and 64 filters; it returns logits. Downsampled as
 * {@link resnet18} is, with a 1×1 convolution as the shortcut where sizes change (the paper's option B):
 * three pooling instances, the stem's included.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, classes]`. Any height and width.
 *
 * @throws ConfigError on options out of range, as `resnet18` does; strides are four numbers here.
 */
export function resnet56(options: Resnet56Options): LayersModel {
  requireOptions<Resnet56Options>('resnet56', 'options', options, RESNET_CHECKS, [
    'inputShape',
    'classes',
  ]);
  const { width = 16, variant = 'original' } = options;
  return residualNetwork(
    { op: 'resnet56', stages: 3, blocks: 9, stem: 'cifar' },
    { ...options, width, variant },
  );
}
