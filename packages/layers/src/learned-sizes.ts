import { StateError } from '@ds/checks';
import { HostCopy, projectWeight } from '@ds/graph';
import { keptRange, type MaskForm, sizeMask } from '@ds/masks/ops';
import {
  mul,
  reshape,
  type Scalar,
  scalar,
  slice,
  type Tensor1D,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, Shape } from '@tensorflow/tfjs-layers';
import { SharesConstraint, SharesInitializer } from './size-weight.js';

/** An axis whose size is learned. Sizes are in elements. */
export interface LearnedAxis {
  /** The number of elements that the axis has at most. */
  length: number;
  initial: number;
  smallest: number;
  form: MaskForm;
  threshold: number;
  /** τ of a sigmoid, in elements. */
  temperature?: number;
}

/** A size for a penalty. */
export interface LearnedSize {
  /** The number of elements that the layer computes with, by the host's copy of its weight. */
  kept: number;
  /** The size as a real number of elements, by the host's copy. */
  value: number;
  /** The same, differentiable in the weight. */
  size: Scalar;
}

/**
 * The learned sizes of a layer. Their weight `sizes` has one value for each axis, the size as a
 * share of the length, `s = length · share`. So one learning rate suits kernels, channels and
 * blocks. The shares stay in [smallest/length, 1] with any optimizer.
 */
export class LearnedSizes {
  private weight: LayerVariable | null = null;
  /** The host's copy of the shares. It decides what is kept. */
  readonly hostCopy = new HostCopy(() => this.variable);

  constructor(
    private readonly owner: string,
    readonly axes: LearnedAxis[],
  ) {}

  /** Makes the weight by the layer's own `addWeight`, with the initial shares. */
  build(
    addWeight: (name: string, shape: Shape, initial: SharesInitializer) => LayerVariable,
  ): void {
    if (this.axes.length === 0) return;
    const shares = this.axes.map(({ initial, length }) => initial / length);
    const smallest = this.axes.map((axis) => axis.smallest / axis.length);
    const weight = addWeight('sizes', [shares.length], new SharesInitializer(shares));
    this.weight = projectWeight(weight, new SharesConstraint(smallest));
  }

  /** The shares, or `null` until the layer is built. */
  get variable(): Variable | null {
    return (this.weight?.read() as Variable | undefined) ?? null;
  }

  /** The current sizes in elements, from the host's copy. */
  known(): number[] {
    if (this.axes.length === 0) return [];
    return this.inElements(this.variable ? this.hostCopy.read().values : null);
  }

  /** The current sizes in elements. It reads them if the host's copy is stale. */
  present(): number[] {
    if (this.axes.length === 0) return [];
    return this.inElements(this.variable ? this.hostCopy.present() : null);
  }

  private inElements(shares: number[] | null): number[] {
    return this.axes.map(({ length, initial }, at) => {
      const size = shares ? Math.fround(Math.fround(shares[at]!) * length) : initial;
      if (Number.isFinite(size)) return size;
      throw new StateError(
        `${this.owner}: sizes must be finite, got ${size}. The last update had a gradient that ` +
          'was not finite: use a smaller learning rate',
      );
    });
  }

  /** The size of one axis in elements, differentiable in the weight. */
  size(at: number): Scalar {
    return tidy(() => {
      const share = reshape(slice(this.built(), [at], [1]), []);
      return mul(share, scalar(this.axes[at]!.length)) as Scalar;
    });
  }

  /** The range of one axis that is kept at a size. */
  kept(at: number, size: number): [number, number] {
    const { length, form } = this.axes[at]!;
    return keptRange(length, size, form);
  }

  /** The mask of one axis over a range of it, differentiable in the weight. */
  mask(at: number, [start, end]: [number, number]): Tensor1D {
    return tidy(() => {
      const { length, form, threshold, temperature } = this.axes[at]!;
      const options = { form, threshold, ...(temperature && { temperature }) };
      const whole = sizeMask(length, this.size(at), options);
      return slice(whole, [start], [end - start]) as Tensor1D;
    });
  }

  private built(): Variable {
    if (this.variable) return this.variable;
    throw new StateError(`${this.owner}: sizes need a built layer, got one without weights`);
  }
}
