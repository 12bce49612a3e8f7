import { requireOptions } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { RESNET_CHECKS, type ResnetOptions, residualNetwork } from './residual-network.js';

/** Options of {@link resnet56}. */
export interface Resnet56Options extends ResnetOptions {
  /** Strides of [stem, stage 1, stage 2, stage 3]. Stage 1 must be 1. Default [1, 1, 2, 2]. */
  strides?: readonly number[];
  /** Filters of the first stage. Each later stage doubles them. Default 16. */
  width?: number;
  /** `'original'` (default): post-activation. `'preact'`: pre-activation. */
  variant?: 'preact' | 'original';
}

/**
 * ResNet-56 for CIFAR (He, Zhang, Ren & Sun, "Deep residual learning for image recognition", 2016).
 * It has 6n + 2 layers with n = 9: three stages of nine blocks, with 16, 32 and 64 filters. It
 * returns logits. It downsamples as {@link resnet18} does. The shortcut is a 1×1 convolution where
 * sizes change (the paper's option B). It has three pooling instances, including the stem's.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, classes]`. Any height and width.
 *
 * @throws ConfigError on options out of range, as `resnet18`, but with four strides.
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
