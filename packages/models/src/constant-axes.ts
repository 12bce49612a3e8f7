import { isIdentityMatrix } from '@ds/graph';
import type { ComplexMatrix } from '@ds/kernels';
import { dispose, neg, type Tensor2D, tidy, transpose } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type ConstantPooling, nestedModel } from './constant-pooling.js';

/**
 * A pooling of sound, video or volumes as constant matrices, `y = Re(P_1 ⊗ … ⊗ P_d) x`, in stock
 * layers. A `Permute` moves an axis to the end, and a `Dense` without bias multiplies this axis by
 * a matrix. Terms with imaginary parts end in an `Add`. Disposes of the matrices.
 *
 * The layers form a nested model with the name `name`. `shape` is without the batch axis.
 */
export function constantAxes(
  name: string,
  shape: number[],
  axes: ComplexMatrix[],
  dataFormat: 'channelsFirst' | 'channelsLast',
): ConstantPooling {
  const first = dataFormat === 'channelsFirst' ? 1 : 0;
  const pooling = nestedModel(name, shape, (x) => {
    const start: Image = { x, layout: shape.map((_, axis) => axis) };
    const y = new StockAxes(name, axes, first).real(start, 0);
    return arranged(y, start.layout).x;
  });
  dispose(axes);
  return pooling;
}

/** A symbolic image. `layout` lists its axes in their present order, without the batch axis. */
interface Image {
  x: tfl.SymbolicTensor;
  layout: number[];
}

class StockAxes {
  private count = 0;

  constructor(
    private readonly name: string,
    private readonly axes: ComplexMatrix[],
    /** The number of the first spatial axis, without the batch axis. */
    private readonly first: number,
  ) {}

  /** The real part of the product of all matrices from this axis on. */
  real(image: Image, axis: number): Image {
    const { real, imaginary } = this.axes[axis]!;
    const own = this.multiplied(image, axis, real);
    if (axis === this.axes.length - 1) return own;
    const all = this.real(own, axis + 1);
    if (!imaginary) return all;
    const narrow = this.multiplied(image, axis, imaginary.analysis!);
    const inner = this.imaginary(narrow, axis + 1);
    const negated = tidy(() => neg(imaginary.synthesis) as Tensor2D);
    const skew = this.multiplied(inner, axis, negated);
    negated.dispose();
    return this.sum(all, skew);
  }

  /** The imaginary part of the product of all matrices from this axis on. */
  private imaginary(image: Image, axis: number): Image {
    const { real, imaginary } = this.axes[axis]!;
    if (axis === this.axes.length - 1) return this.multiplied(image, axis, imaginary!.synthesis);
    const main = this.imaginary(this.multiplied(image, axis, real), axis + 1);
    if (!imaginary) return main;
    const narrow = this.multiplied(image, axis, imaginary.analysis!);
    return this.sum(main, this.multiplied(this.real(narrow, axis + 1), axis, imaginary.synthesis));
  }

  /** Multiplies a spatial axis by a matrix [outputs, inputs]. */
  private multiplied(image: Image, axis: number, matrix: Tensor2D): Image {
    if (isIdentityMatrix(matrix)) return image;
    const own = this.first + axis;
    const layout = [...image.layout.filter((one) => one !== own), own];
    const kernel = tidy(() => transpose(matrix));
    this.count += 1;
    const layer = tfl.layers.dense({
      name: `${this.name}.product${this.count}`,
      units: matrix.shape[0],
      useBias: false,
      trainable: false,
      weights: [kernel],
    });
    const x = layer.apply(arranged(image, layout).x) as tfl.SymbolicTensor;
    kernel.dispose();
    return { x, layout };
  }

  private sum(a: Image, b: Image): Image {
    this.count += 1;
    const layer = tfl.layers.add({ name: `${this.name}.sum${this.count}` });
    const x = layer.apply([a.x, arranged(b, a.layout).x]) as tfl.SymbolicTensor;
    return { x, layout: a.layout };
  }
}

/** Permutes the axes of an image to this layout. */
function arranged(image: Image, layout: number[]): Image {
  const dims = layout.map((axis) => image.layout.indexOf(axis) + 1);
  if (dims.every((dim, at) => dim === at + 1)) return image;
  return { x: tfl.layers.permute({ dims }).apply(image.x) as tfl.SymbolicTensor, layout };
}
