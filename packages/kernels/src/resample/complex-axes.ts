import {
  add,
  reshape,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { AxisMatrix } from './masked-matrix.js';
import { resampleByMatrices } from './resample.js';
import { axisOrder, multiplyAddsInOrder, resampleAxes, type Sides } from './resample-axes.js';

/**
 * The complex matrix P of one axis, as real matrices. Its imaginary part is `synthesis · analysis`,
 * or `synthesis` alone. Without an imaginary part, P is real. Shapes: real `[m, n]`, synthesis
 * `[m, r]`, analysis `[r, n]`.
 */
export type ComplexMatrix<Matrix extends AxisMatrix = Tensor2D> = {
  real: Matrix;
  imaginary?: { synthesis: Matrix; analysis?: Tensor2D };
};

/** A complex matrix of which all entries, or only some masks, have a gradient. */
type Complex = ComplexMatrix<AxisMatrix>;

/**
 * A pooling that masks and crops the spectrum of each spatial axis, for one to three axes:
 * `y = Re(P_1 ⊗ … ⊗ P_d) x`. Every matrix has the symmetry of a Fourier basis:
 * `a[−i, −p] = a[i, p]` for its real part, and `a[−i, −p] = −a[i, p]` for its imaginary part.
 *
 * With P = R + i·I for the first axis and Q for the others, `Re(P ⊗ Q) = R ⊗ Re Q − I ⊗ Im Q` and
 * `Im(P ⊗ Q) = R ⊗ Im Q + I ⊗ Re Q`. Each I but the last is a product of thin matrices, so its
 * terms take few multiply-adds.
 *
 * Shapes: `[batch, ...sides, channels]` → `[batch, ...output sides, channels]`. Differentiable in x
 * and in all matrices except the analyses, which must be constant.
 */
export function resampleSpectrum<X extends Tensor>(
  x: X,
  axes: readonly ComplexMatrix<AxisMatrix>[],
): X {
  return tidy(() => realPart(x, axes) as X);
}

function realPart(x: Tensor, axes: readonly Complex[]): Tensor {
  const [first, ...others] = axes as [Complex, ...Complex[]];
  const thin = thinPart(first);
  if (others.length === 1) {
    const [columns] = others as [Complex];
    const skew = thin && { ...thin, columns: columns.imaginary!.synthesis };
    const matrices = { rows: first.real, columns: columns.real, ...(skew && { skew }) };
    return resampleByMatrices(x as Tensor4D, matrices, { isSymmetric: true });
  }
  if (isReal(axes)) return resampleAxes(x, reals(axes), { isSymmetric: true });
  const main = isFirstEarly(axes)
    ? ofOthers(along(x, first.real), (y) => realPart(y, others))
    : along(
        ofOthers(x, (y) => realPart(y, others)),
        first.real,
      );
  if (!thin) return main;
  const inner = ofOthers(along(x, thin.analysis), (y) => imaginaryPart(y, others));
  return sub(main, along(inner, thin.synthesis));
}

function imaginaryPart(x: Tensor, axes: readonly Complex[]): Tensor {
  const [first, ...others] = axes as [Complex, ...Complex[]];
  if (others.length === 0) return along(x, first.imaginary!.synthesis);
  const main = ofOthers(along(x, first.real), (y) => imaginaryPart(y, others));
  const thin = thinPart(first);
  if (!thin) return main;
  const inner = ofOthers(along(x, thin.analysis), (y) => realPart(y, others));
  return add(main, along(inner, thin.synthesis));
}

/** Multiplies the first spatial axis. */
function along(x: Tensor, matrix: AxisMatrix): Tensor {
  const [batch, side, ...rest] = x.shape as [number, number, ...number[]];
  const y = resampleAxes(reshape(x, [batch, side, count(rest)]), [matrix]);
  return reshape(y, [batch, matrix.shape[0], ...rest]);
}

/** Applies an op to the other axes. The first axis becomes part of the batch. */
function ofOthers(x: Tensor, op: (y: Tensor) => Tensor): Tensor {
  const [batch, side, ...rest] = x.shape as [number, number, ...number[]];
  const y = op(reshape(x, [batch * side, ...rest]));
  return reshape(y, [batch, side, ...y.shape.slice(1)]);
}

/** The imaginary part of an axis that is not the last. */
function thinPart({ imaginary }: Complex) {
  return imaginary && { synthesis: imaginary.synthesis, analysis: imaginary.analysis! };
}

/** Whether no product of imaginary parts exists: that takes two axes. */
function isReal(axes: readonly Complex[]): boolean {
  return axes.slice(0, -1).every(({ imaginary }) => !imaginary);
}

function reals(axes: readonly Complex[]): AxisMatrix[] {
  return axes.map(({ real }) => real);
}

/** Whether multiplying the first axis before the others takes fewer multiply-adds. */
function isFirstEarly(axes: readonly Complex[]): boolean {
  const sides = sidesOf(axes);
  const others = axisOrder(sides.slice(1)).map((axis) => axis + 1);
  const [early, late] = [
    [0, ...others],
    [...others, 0],
  ].map((order) => multiplyAddsInOrder(sides, order));
  return early! <= late!;
}

function sidesOf(axes: readonly Complex[]): Sides[] {
  return axes.map(({ real }) => real.shape);
}

/** Multiply-adds of {@link resampleSpectrum} for one channel of one image. */
export function spectrumMultiplyAdds(axes: readonly Complex[]): number {
  const [first, ...others] = axes as [Complex, ...Complex[]];
  const sides = sidesOf(axes);
  const cheapest = (each: readonly Sides[]) => multiplyAddsInOrder(each, axisOrder(each));
  if (isReal(axes)) return cheapest(sides);
  const [m, n] = first.real.shape;
  if (others.length === 1) {
    const rank = thinPart(first)!.analysis.shape[0];
    const columns = sides[1]!;
    return cheapest(sides) + cheapest([[rank, n], columns]) + m * rank * columns[0];
  }
  const inputs = count(sides.slice(1).map(([, side]) => side));
  const outputs = count(sides.slice(1).map(([side]) => side));
  const ofFirst = isFirstEarly(axes) ? m * n * inputs : m * n * outputs;
  const main = ofFirst + (isFirstEarly(axes) ? m : n) * spectrumMultiplyAdds(others);
  const thin = thinPart(first);
  if (!thin) return main;
  const rank = thin.analysis.shape[0];
  return main + rank * (n * inputs + imaginaryMultiplyAdds(others) + m * outputs);
}

function imaginaryMultiplyAdds(axes: readonly Complex[]): number {
  const [first, ...others] = axes as [Complex, ...Complex[]];
  const [m, n] = first.real.shape;
  if (others.length === 0) return m * n;
  const inputs = count(sidesOf(others).map(([, side]) => side));
  const outputs = count(sidesOf(others).map(([side]) => side));
  const main = m * n * inputs + m * imaginaryMultiplyAdds(others);
  const thin = thinPart(first);
  if (!thin) return main;
  const rank = thin.analysis.shape[0];
  return main + rank * (n * inputs + spectrumMultiplyAdds(others) + m * outputs);
}

function count(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
