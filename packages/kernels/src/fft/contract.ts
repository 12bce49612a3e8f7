import type { Tensor } from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';

/** The sides of the planes, and a factor. */
export interface PlaneAttributes {
  height: number;
  width: number;
  /** The result is multiplied by it, before the sums. */
  factor: number;
}

/**
 * `X_{k,l} = factor · Σ_{p,q} x_{p,q} e^{−2πi (k p/H + l q/W)}`, l = 0 … floor(W/2), for each
 * plane. A plane of height 1 is a signal.
 *
 * Shapes: `[…, H, W]` (or `[…, W]`) → `[2, …, H, bins]`, all real parts first.
 */
export const realFft2dKernel = /* @__PURE__ */ new Kernel<{ x: Tensor }, PlaneAttributes, Tensor>(
  'RealFft2d',
);

/**
 * `x_{p,q} = factor · Σ_{k,l} X_{k,l} e^{2πi (k p/H + l q/W)}` over the Hermitian spectrum of each
 * plane. Imaginary parts that a real plane cannot have are ignored.
 *
 * Shapes: `[2, …, H, bins]` → `[…, H, W]`.
 */
export const inverseRealFft2dKernel = /* @__PURE__ */ new Kernel<
  { spectrum: Tensor },
  PlaneAttributes,
  Tensor
>('InverseRealFft2d');
