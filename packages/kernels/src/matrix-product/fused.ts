import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  add,
  matMul,
  reshape,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { activated } from '../convolution/activation.js';
import { LEAKY_SLOPE } from '../convolution/fused.js';

/** The inputs that `fused.matMul` passes to its kernel. Operands are `[batch, rows, columns]`. */
export interface FusedProductInputs {
  a: Tensor;
  b: Tensor;
  bias?: Tensor;
  preluActivationWeights?: Tensor;
}

/** Computes `activation(a · b + bias)` from one product and tfjs's elementwise kernels. */
export function composedFusedProduct(
  { a, b, bias, preluActivationWeights }: FusedProductInputs,
  { transposeA, transposeB, activation, leakyreluAlpha }: _FusedMatMulAttrs,
): Tensor {
  return tidy(() => {
    const product = matMul(a, b, transposeA, transposeB);
    const biased = bias ? add(product, fitted('bias', bias, product.shape)) : product;
    const slope = slopeOf(activation, preluActivationWeights, leakyreluAlpha, product.shape);
    return activated(biased, activation ?? 'linear', slope);
  });
}

/**
 * Returns the slope of `prelu` or `leakyrelu`. If none is given for `leakyrelu`, it is tfjs's
 * default.
 *
 * @throws Error if `prelu` has no slope.
 */
export function slopeOf(
  activation: _FusedMatMulAttrs['activation'],
  factors: Tensor | undefined,
  leakyreluAlpha: number | undefined,
  shape: number[],
): Tensor | number {
  if (activation !== 'prelu') return leakyreluAlpha ?? LEAKY_SLOPE;
  if (factors) return fitted('preluActivationWeights', factors, shape);
  throw new Error("fused.matMul: activation 'prelu' needs preluActivationWeights, got none");
}

/**
 * Returns the tensor in a shape that broadcasts to the product's. In the kernel, the batch axes of
 * the product are merged into one. A tensor with several batch axes must have all of them, or size
 * 1 in each.
 *
 * @throws Error if the tensor does not broadcast to the product.
 */
function fitted(name: string, x: Tensor, shape: number[]): Tensor {
  const [batch, m, n] = shape as [number, number, number];
  const flat =
    x.rank > 3 ? [util.sizeFromShape(x.shape.slice(0, -2)), ...x.shape.slice(-2)] : x.shape;
  const fits = [n, m, batch].every((size, i) => [1, size].includes(flat.at(-1 - i) ?? 1));
  if (fits) return flat === x.shape ? x : reshape(x, flat);
  throw new Error(
    `fused.matMul: ${name} must have the shape of the product, ` +
      `[${m}, ${n}] for each of ${batch} items, or broadcast to it, got [${x.shape}]`,
  );
}

/**
 * Whether tfjs's kernels are wrong for these inputs: a sum over no products, or broadcasting over
 * several batch axes.
 */
export function needsComposing({
  a,
  b,
  bias,
  preluActivationWeights,
}: FusedProductInputs): boolean {
  const isMany = (x?: Tensor) => x !== undefined && x.rank > 3;
  return a.size === 0 || b.size === 0 || isMany(bias) || isMany(preluActivationWeights);
}

/**
 * `fused.matMul` for backends on which tfjs's kernel is wrong only where `needsComposing` is true.
 */
export const fusedProductKernel: BackendKernel<FusedProductInputs, _FusedMatMulAttrs> = {
  kernelName: _FusedMatMul,
  make: (original) => (args) => {
    const { inputs, attrs } = args;
    return needsComposing(inputs) ? composedFusedProduct(inputs, attrs) : original!(args);
  },
};
