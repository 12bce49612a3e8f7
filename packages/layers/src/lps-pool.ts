import {
  type Checks,
  ConfigError,
  requireBoolean,
  requireInteger,
  requireObject,
  requireOptions,
  requirePositive,
  requireTensor,
  SMALLEST_NORMAL,
} from '@ds/checks';
import { untaped } from '@ds/kernels';
import {
  add,
  addN,
  concat,
  conv2d,
  div,
  matMul,
  max,
  mean,
  mul,
  relu,
  reshape,
  scalar,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';
import {
  largestOnly,
  type Mixture,
  mixComponents,
  polyphaseComponents,
  polyphaseStrides,
} from './polyphase.js';

/** The small network that scores the polyphase components. All components share it. */
export interface LpsSelector {
  /** `[3, 3, channels, hidden]`. */
  kernel1: Tensor4D;
  /** `[hidden]`. */
  bias1: Tensor1D;
  /** `[3, 3, hidden, hidden]`. */
  kernel2: Tensor4D;
  /** `[hidden]`. */
  bias2: Tensor1D;
}

/** Options of {@link lpsPool}. */
export interface LpsPoolOptions {
  /** Whether to mix the components, as in training, instead of keeping the best. Default false. */
  soft?: boolean;
  /** Temperature τ > 0 of the soft mixture. Default 1. */
  temperature?: number;
  /** Seed of the Gumbel noise in the soft mixture. Without a seed there is no noise. */
  seed?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Learnable polyphase sampling (Rojas-Gomez, Lim, Schwing, Do & Yeh, NeurIPS 2022, arXiv
 * 2210.08001): subsamples each image on the grid that a small trained network scores highest.
 *
 * The score of a polyphase component is `f(x_k)`, the mean over pixels and channels of
 * `conv3×3(relu(conv3×3(x_k)))` with circular padding. At inference the op keeps the component with
 * the largest score, and the first one on a tie. So a shift of the image permutes the choice.
 * `soft` mixes the components with weights `softmax((f(x_k) + g_k)/τ)`, where g is Gumbel noise.
 * This trains the scores. If a weight of the selector is NaN or infinite, the output is NaN.
 *
 * Placement: after the ReLU of the layer that it downsamples. Sizes that are not multiples of the
 * stride are padded with zeros at the end.
 *
 * Shapes: x `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 * Differentiable in x, and with `soft` in the selector's four tensors. A hard choice has no
 * gradient. The op computes the mean of the second convolution from the mean of its input. The
 * result is the same, and the convolution is saved.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, strides are not integers ≥ 1, the
 *   selector does not fit the channels, the temperature is not a finite number > 0, or seed is not
 *   an integer.
 */
export function lpsPool(
  x: Tensor4D,
  strides: number | readonly [number, number],
  selector: LpsSelector,
  options: LpsPoolOptions = {},
): Tensor4D {
  requireImage('lpsPool', x);
  const pair = polyphaseStrides('lpsPool', strides);
  requireObject('lpsPool', 'selector', selector);
  for (const name of SELECTOR) requireTensor('lpsPool', `selector.${name}`, selector[name]);
  requireOptions('lpsPool', 'options', options, LPS_CHECKS);
  const { dataFormat = 'channelsLast' } = options;
  requireSelector(selector, x.shape[dataFormat === 'channelsLast' ? 3 : 1]);
  return inChannelsLast(x, dataFormat, (image) =>
    tidy(() => {
      const components = polyphaseComponents(image, pair);
      const pooled = mixComponents(components, lpsMixture(components, selector, options));
      return spreadNaN(pooled, selector);
    }),
  );
}

/**
 * The pooled image, or NaN if a weight of the selector is not finite. The choice of a component
 * would hide such weights.
 */
export function spreadNaN(pooled: Tensor4D, selector: LpsSelector): Tensor4D {
  const guard = untaped(() => {
    const sums = SELECTOR.map((name) => sum(selector[name] as Tensor));
    return mul(addN(sums), scalar(0));
  });
  return add(pooled, guard);
}

/** Chooses one component of each image, or weights all of them. */
export function lpsMixture(
  components: Tensor4D[],
  selector: LpsSelector,
  { soft = false, temperature = 1, seed }: LpsPoolOptions,
): Mixture {
  if (!soft) return largestOnly(() => scores(components, selector));
  return tidy(() => {
    let logits = scores(components, selector);
    if (seed !== undefined) logits = add(logits, gumbel(logits.shape, seed));
    // Subtract before dividing: with a small τ the quotients are infinite, and ∞ − ∞ is NaN.
    const below = sub(logits, max(logits, 1, true));
    return softmax(div(below, scalar(Math.max(temperature, SMALLEST_NORMAL))), 1) as Tensor2D;
  });
}

/** The score f of every component: `[batch, components]`. */
function scores(components: Tensor4D[], { kernel1, bias1, kernel2, bias2 }: LpsSelector): Tensor2D {
  const batch = components[0]!.shape[0];
  const all = components.length === 1 ? components[0]! : concat(components, 0);
  const hidden = relu(add(conv2d(wrapped(all), kernel1, 1, 'valid'), bias1));
  // With circular padding, each tap of the second kernel sees each pixel once.
  const perChannel = mean(hidden, [1, 2]) as Tensor2D;
  const weight = reshape(mean(sum(kernel2, [0, 1]), 1), [-1, 1]) as Tensor2D;
  const score = add(matMul(perChannel, weight), mean(bias2));
  return transpose(reshape(score, [components.length, batch])) as Tensor2D;
}

/** Pads each side circularly by one pixel. */
function wrapped(x: Tensor4D): Tensor4D {
  const along = (image: Tensor4D, axis: 1 | 2): Tensor4D => {
    const line = (start: number) => {
      const size = image.shape.slice() as [number, number, number, number];
      const begin: [number, number, number, number] = [0, 0, 0, 0];
      size[axis] = 1;
      begin[axis] = start;
      return slice(image, begin, size);
    };
    return concat([line(image.shape[axis] - 1), image, line(0)], axis);
  };
  return along(along(x, 1), 2);
}

/** Gumbel noise `−log(−log u)`, u uniform in (0, 1). */
function gumbel([rows, columns]: [number, number], seed: number): Tensor2D {
  const random = xoroshiro128plus(Math.imul(seed, 0x9e3779b1));
  const values = Float32Array.from({ length: rows * columns }, () => {
    const u = Math.max(uniformFloat64(random), Number.MIN_VALUE);
    return -Math.log(-Math.log(u));
  });
  return tensor2d(values, [rows, columns]);
}

const SELECTOR = ['kernel1', 'bias1', 'kernel2', 'bias2'] as const;

/** The checks of {@link LpsPoolOptions}. */
export const LPS_CHECKS: Checks<LpsPoolOptions> = {
  soft: requireBoolean,
  temperature: requirePositive,
  seed: requireInteger,
  dataFormat: checkDataFormat,
};

function requireSelector({ kernel1, bias1, kernel2, bias2 }: LpsSelector, channels: number): void {
  const hidden = kernel1.shape[3];
  const wanted = [[3, 3, channels, hidden], [hidden], [3, 3, hidden, hidden], [hidden]];
  [kernel1, bias1, kernel2, bias2].forEach((tensor, i) => {
    if (tensor.shape.join() !== wanted[i]!.join()) {
      const name = ['kernel1', 'bias1', 'kernel2', 'bias2'][i];
      throw new ConfigError(
        `lpsPool: selector.${name} must have shape [${wanted[i]}], got [${tensor.shape}]`,
      );
    }
  });
}
