import { _FusedMatMul, type _FusedMatMulAttrs, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { activated } from '../convolution/activation.js';
import { Kernel } from '../kernel.js';
import { requireSpace } from '../wasm/out-of-memory.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { composedFusedProduct, type FusedProductInputs, needsComposing, slopeOf } from './fused.js';
import { requireFloats } from './require-floats.js';

/** tfjs's own kernel. */
const fusedProduct = /* @__PURE__ */ new Kernel<
  { a: Tensor; b: Tensor; bias?: Tensor },
  _FusedMatMulAttrs,
  Tensor
>(_FusedMatMul);

/**
 * `fused.matMul`, the kernel of dense layers. tfjs's kernel is correct for one product without
 * transposes and with one bias per column. Otherwise it adds the bias by the index of the value,
 * not by its column, and refuses a bias of a rank other than 1. Its ReLU returns 0 for NaN. With
 * transposes, its ReLU applies to parts of the sum. All these cases are composed here.
 */
export const fusedMatMulOnWasm: BackendKernel<FusedProductInputs, _FusedMatMulAttrs> = {
  kernelName: _FusedMatMul,
  make: (original) => (args) => {
    const { inputs, attrs } = args;
    const { a, b, bias, preluActivationWeights } = inputs;
    const { transposeA, transposeB, activation, leakyreluAlpha } = attrs;
    requireFloats('fused.matMul', { a, b });
    const isPlain = a.shape[0] === 1 && b.shape[0] === 1 && !transposeA && !transposeB;
    const isOnePerColumn = !bias || (bias.rank === 1 && bias.size === b.shape.at(-1));
    if (!isPlain || !isOnePerColumn || needsComposing(inputs)) {
      return composedFusedProduct(inputs, attrs);
    }
    if ((activation ?? 'linear') === 'linear') {
      // XNNPACK copies the right side into its own memory.
      requireSpace((args.backend as WasmBackend).wasm, 4 * b.size);
      return original!(args);
    }
    return tidy(() => {
      const linear = { ...attrs, activation: 'linear' as const };
      const biased = fusedProduct.run({ a, b, ...(bias && { bias }) }, linear);
      const slope = slopeOf(activation, preluActivationWeights, leakyreluAlpha, biased.shape);
      return activated(biased, activation ?? 'linear', slope);
    });
  },
};
