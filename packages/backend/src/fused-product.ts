import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  add,
  backend_util,
  greater,
  type KernelFunc,
  less,
  matMul,
  mul,
  relu,
  reshape,
  type Tensor,
  tidy,
  util,
  where,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from './replaced-kernels.js';

/** What `fused.matMul` gives its kernel: operands `[batch, rows, columns]`. */
export interface FusedProductInputs {
  a: Tensor;
  b: Tensor;
  bias?: Tensor;
  preluActivationWeights?: Tensor;
}

/** `activation(a · b + bias)` from one product and tfjs's elementwise kernels. */
export function composedFusedProduct(
  { a, b, bias, preluActivationWeights }: FusedProductInputs,
  { transposeA, transposeB, activation, leakyreluAlpha }: _FusedMatMulAttrs,
): Tensor {
  return tidy(() => {
    const product = matMul(a, b, transposeA, transposeB);
    const biased = bias ? add(product, fitted('bias', bias, product.shape)) : product;
    return activated(biased, activation, preluActivationWeights, leakyreluAlpha);
  });
}

/**
 * The activations of tfjs's fused kernels. NaN stays NaN, which tfjs's `relu6` makes 0 on wasm and WebGPU; the factors of `prelu`
 * are broadcast, which on wasm tfjs's does not.
 */
export function activated(
  x: Tensor,
  activation: _FusedMatMulAttrs['activation'],
  factors: Tensor | undefined,
  leakyreluAlpha: number | undefined,
): Tensor {
  if (activation === 'relu6') {
    const positive = relu(x);
    return where(greater(positive, 6), 6, positive);
  }
  if (activation === 'prelu') {
    if (!factors) {
      throw new Error("fused.matMul: activation 'prelu' needs preluActivationWeights, got none");
    }
    const slope = fitted('preluActivationWeights', factors, x.shape);
    return where(less(x, 0), mul(x, slope), x);
  }
  return backend_util.applyActivation(x, activation ?? 'linear', undefined, leakyreluAlpha);
}

/**
 * A tensor of the product's shape, or that broadcasts to it. The kernel knows the product with its batch axes as one: what has
 * several of them must have them all, or all of size 1.
 */
function fitted(name: string, x: Tensor, shape: number[]): Tensor {
  const [batch, m, n] = shape as [number, number, number];
  const flat =
    x.rank > 3 ? [util.sizeFromShape(x.shape.slice(0, -2)), ...x.shape.slice(-2)] : x.shape;
  const fits = [n, m, batch].every((size, i) => [1, size].includes(flat.at(-1 - i) ?? 1));
  if (fits) return flat === x.shape ? x : reshape(x, flat);
  throw new Error(
    `fused.matMul: ${name} must have the shape of the product, [${m}, ${n}] for each of ${batch} items, ` +
      `or broadcast to it, got [${x.shape}]`,
  );
}

/** Whether tfjs's kernels are wrong about it: sums over no products, several batch axes to broadcast over. */
export function needsComposing({
  a,
  b,
  bias,
  preluActivationWeights,
}: FusedProductInputs): boolean {
  const isMany = (x?: Tensor) => x !== undefined && x.rank > 3;
  return a.size === 0 || b.size === 0 || isMany(bias) || isMany(preluActivationWeights);
}

/** `fused.matMul` of a backend whose own kernel is right but for sums over no products, and for NaN in `relu6`. */
export const fusedProductKernel: BackendKernel = {
  kernelName: _FusedMatMul,
  make: (original) => (args) => {
    const inputs = args.inputs as unknown as FusedProductInputs;
    const attrs = args.attrs as unknown as _FusedMatMulAttrs;
    const isOriginals = attrs.activation !== 'relu6' && !needsComposing(inputs);
    return isOriginals ? (original as KernelFunc)(args) : composedFusedProduct(inputs, attrs);
  },
};
