import { SMALLEST_NORMAL } from '@ds/checks';
import {
  abs,
  add,
  clipByValue,
  customGrad,
  div,
  maximum,
  mul,
  scalar,
  sqrt,
  square,
  step,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { type HalfSpectrum, requireSpectrum } from './rfft.js';

/**
 * The magnitude `|X| = √(Re² + Im²)`, differentiable. The gradient is `X/|X|`, and 0 where X is 0.
 * Both parts are divided by the larger one before they are squared. So the squares neither overflow
 * nor underflow if |X| fits into float32.
 *
 * Shapes: real and imag of one shape → that shape.
 *
 * @throws ConfigError if the two tensors are not float32 of one shape without empty axes.
 */
export function magnitude(spectrum: HalfSpectrum): Tensor {
  requireSpectrum('magnitude', spectrum, 0);
  const op = customGrad((...args) => {
    const [real, imag, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([real, imag]);
    const { unit, length } = polar(real, imag);
    return {
      value: mul(unit, length),
      gradFunc: (dy, saved) => {
        const [savedReal, savedImag] = saved as [Tensor, Tensor];
        const { re, im, length: radius } = polar(savedReal, savedImag);
        // Where X is 0, the divisor is 1.
        const divisor = add(radius, sub(scalar(1), step(radius)));
        return [re, im].map((part) => mul(dy as Tensor, div(part, divisor)));
      },
    };
  });
  return tidy(() => op(spectrum.real, spectrum.imag));
}

/** Divides both parts by the larger one. Returns the quotients, their length and the divisor. */
function polar(real: Tensor, imag: Tensor) {
  // The divisor is never 0 or ∞, so 0 stays 0 and ∞ stays ∞.
  const unit = clipByValue(maximum(abs(real), abs(imag)), SMALLEST_NORMAL, 3e38);
  const [re, im] = [div(real, unit), div(imag, unit)];
  return { unit, re, im, length: sqrt(add(square(re), square(im))) };
}
