import { oneOf, requireOptions } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { RESNET_CHECKS, type ResnetOptions, residualNetwork } from './residual-network.js';

/** Options of {@link resnet18}. */
export interface Resnet18Options extends ResnetOptions {
  /** Strides of [stem, stage 1 … stage 4]; stage 1 must be 1. Default [1, 1, 2, 2, 2]. */
  strides?: number[];
  /** Filters of the first stage, doubled at each later one. Default 64. */
  width?: number;
  /** `'preact'` (default): the published code's; `'original'`: post-activation, the paper's. */
  variant?: 'preact' | 'original';
  /** `'cifar'` (default): 3×3 convolution; `'imagenet'`: 7×7 and a 3×3/2 max-pool. */
  stem?: 'cifar' | 'imagenet';
}

/**
 * ResNet-18 with any downsampling, as the papers compare them; it returns logits.
 *
 * With a pooling, every convolution that would stride runs at stride 1 and the pooling stands behind it,
 * or behind its batch norm and ReLU where the pooling's registration says so (conv → ReLU → BlurPool); in
 * a projecting layer the two branches (3×3 convolution and 1×1 shortcut) share **one pooling instance**,
 * so that they keep equal sizes while its strides train. The stem has a pooling too, and stage 1 none:
 * four instances, less those that do nothing at stride 1 and are left out there.
 *
 * Pre-activation (He et al. 2016; the published DiffStride network): BN, ReLU, 3×3 conv, [pooling], BN,
 * ReLU, 3×3 conv, plus the shortcut of the raw input; at the end BN, ReLU, global average, dense. The
 * original variant has BN behind each convolution, the shortcut's included, and ReLU behind the sum.
 * He-normal kernels, no convolution bias.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, classes]`. Any height and width.
 *
 * @throws ConfigError if classes is not an integer ≥ 2, strides is not five numbers ≥ 1 with stage 1 at 1
 *   (it has no projection; the published code ignores the entry) and integers for `'conv'`, the
 *   pooling is not registered, or another option is out of its range.
 */
export function resnet18(options: Resnet18Options): LayersModel {
  requireOptions<Resnet18Options>(
    'resnet18',
    'options',
    options,
    { ...RESNET_CHECKS, stem: oneOf('cifar', 'imagenet') },
    ['inputShape', 'classes'],
  );
  const { stem = 'cifar', width = 64, variant = 'preact' } = options;
  return residualNetwork(
    { op: 'resnet18', stages: 4, blocks: 2, stem },
    { ...options, width, variant },
  );
}
