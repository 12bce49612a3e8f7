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

/** What `fused.matMul` passes to its kernel. Operands are `[batch, rows, columns]`. */
export interface FusedProductInputs {
  a: Tensor;
  b: Tensor;
  bias?: Tensor;
  preluActivationWeights?: Tensor;
}

/** Computes `activation(a · b + bias)` by one product and tfjs's elementwise kernels. */
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
 * Applies an activation of tfjs's fused kernels. NaN stays NaN, but tfjs's `relu6` makes it 0 on
 * wasm and WebGPU. The factors of `prelu` are broadcast, but tfjs's kernel on wasm does not do
 * that.
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
 * Returns the tensor in a shape that broadcasts to that of the product. The kernel gets the product
 * with its batch axes merged into one. So a tensor with several batch axes must have all of them,
 * or have size 1 in each.
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
 * Tells whether tfjs's kernels are wrong for these inputs: sums over no products, or several batch
 * axes to broadcast over.
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
 * `fused.matMul` for a backend on which tfjs's kernel is right in all but a few cases. Only those
 * are composed: `relu6`, which loses NaN, and what `needsComposing` names.
 */
export const fusedProductKernel: BackendKernel = {
  kernelName: _FusedMatMul,
  make: (original) => (args) => {
    const inputs = args.inputs as unknown as FusedProductInputs;
    const attrs = args.attrs as unknown as _FusedMatMulAttrs;
    const isOriginals = attrs.activation !== 'relu6' && !needsComposing(inputs);
    return isOriginals ? (original as KernelFunc)(args) : composedFusedProduct(inputs, attrs);
  },
};
