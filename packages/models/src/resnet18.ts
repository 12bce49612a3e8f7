import { oneOf, requireOptions } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  RESNET_CHECKS,
  type ResnetOptions,
  residualNetwork,
  type Stem,
} from './residual-network.js';

/** Options of {@link resnet18}. */
export interface Resnet18Options extends ResnetOptions {
  /** Strides of [stem, stage 1 … stage 4]. Stage 1 must be 1. Default [1, 1, 2, 2, 2]. */
  strides?: readonly number[];
  /** Filters of the first stage. Each later stage doubles them. Default 64. */
  width?: number;
  /** `'preact'` (default), as in the published code, or `'original'`, post-activation. */
  variant?: 'preact' | 'original';
  /**
   * `'cifar'` (default): 3×3 convolution. `'imagenet'`: 7×7 convolution, 3×3/2 max-pool.
   * `'antialiased'`: 7×7 strided convolution, 2×2/1 max-pool, blur at stride 2. It needs pooling
   * `'blur'` and takes the blur's options.
   */
  stem?: Stem;
}

/**
 * ResNet-18 with any downsampling, as the papers compare them. It returns logits.
 *
 * With a pooling, every strided convolution runs at stride 1. The pooling comes directly after it,
 * or after its batch norm and ReLU if the pooling's traits say so (conv → ReLU → BlurPool). In a
 * projecting block the 3×3 convolution and the 1×1 shortcut share **one pooling instance**, so both
 * branches keep equal sizes while the strides train. The stem has a pooling too. Stage 1 has none.
 * That makes four instances, minus those that have no effect at stride 1.
 *
 * Pre-activation (He et al. 2016; the published DiffStride network): BN, ReLU, 3×3 conv, [pooling],
 * BN, ReLU, 3×3 conv, plus the shortcut of the raw input. At the end BN, ReLU, global average,
 * dense. The original variant has BN after each convolution, including the shortcut's, and ReLU
 * after the sum. Kernels start He-normal. Convolutions have no bias.
 *
 * torchvision's ResNet-18 is `variant: 'original'`, `stem: 'imagenet'`, `pooling: 'conv'`,
 * `padding: 'symmetric'` and strides [2, 1, 2, 2, 2]. That of antialiased-cnns (Zhang 2019) differs
 * by `stem: 'antialiased'`, `pooling: 'blur'` and `poolingConfig: { filterSize: 4 }`.
 * `loadSafetensors` of `@ds/models/safetensors` loads their weights.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, classes]`. Any height and width.
 *
 * @throws ConfigError if classes is not an integer ≥ 2, strides are not five numbers ≥ 1 (integers
 *   for `'conv'`), stage 1 has another stride than 1, the pooling is not registered, or is not
 *   `'blur'` with stem `'antialiased'`, or another option is out of its range. Stage 1 has no
 *   projection. The published code ignores its stride.
 */
export function resnet18(options: Resnet18Options): LayersModel {
  requireOptions<Resnet18Options>(
    'resnet18',
    'options',
    options,
    { ...RESNET_CHECKS, stem: oneOf('cifar', 'imagenet', 'antialiased') },
    ['inputShape', 'classes'],
  );
  const { stem = 'cifar', width = 64, variant = 'preact' } = options;
  return residualNetwork(
    { op: 'resnet18', stages: 4, blocks: 2, stem },
    { ...options, width, variant },
  );
}
