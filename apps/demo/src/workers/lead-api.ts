import { diffStride, spectralUpsample } from '@ds/layers/ops';
import {
  maxPool,
  norm,
  stridedSlice,
  sub,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { type Picture, pictureOf, valuesOf } from './image-bytes.js';

/** R of DiffStride, in bins. */
const SMOOTHNESS = 4;

/** A shrunk picture, enlarged again, and its error ‖x − x̂‖/‖x‖. */
export interface Enlarged {
  picture: Picture;
  error: number;
}

/** A picture shrunk in three ways to as many numbers. */
export interface LeadComparison {
  /** Share of the numbers that each way keeps. */
  kept: number;
  subsample: Enlarged;
  max: Enlarged;
  diffstride: Enlarged;
}

export const leadApi = {
  /**
   * Shrinks a picture by a whole stride that divides its sides. All three results are enlarged in
   * the same way, by padding of their spectra with zeros.
   */
  async compare(picture: Picture, stride: number): Promise<LeadComparison> {
    const { height, width } = picture;
    const x = tensor4d(valuesOf(picture), [1, height, width, 3]);
    const size: [number, number] = [height / stride, width / stride];
    // The strides with which DiffStride's output has this size: 2·(R + side/(2S)).
    const strides = tensor1d(
      [height, width].map((side, axis) => side / (size[axis]! - 2 * SMOOTHNESS)),
    );
    const shrunk = {
      subsample: () => stridedSlice(x, [0, 0, 0, 0], x.shape, [1, stride, stride, 1]) as Tensor4D,
      max: () => maxPool(x, stride, stride, 'valid'),
      diffstride: () =>
        diffStride(x, strides, { smoothness: SMOOTHNESS, norm: 'forward', outputSize: size }),
    };
    const enlarged = async (shrink: () => Tensor4D): Promise<Enlarged> => {
      const [y, error] = tidy(() => {
        const large = spectralUpsample(shrink(), { outputSize: [height, width], norm: 'forward' });
        return [large, norm(sub(x, large)).div(norm(x))] as const;
      });
      try {
        const shown = pictureOf(await y.data<'float32'>(), width, height);
        const [value] = await error.data();
        return { picture: shown, error: value! };
      } finally {
        y.dispose();
        error.dispose();
      }
    };
    try {
      return {
        kept: (size[0] * size[1]) / (height * width),
        subsample: await enlarged(shrunk.subsample),
        max: await enlarged(shrunk.max),
        diffstride: await enlarged(shrunk.diffstride),
      };
    } finally {
      x.dispose();
      strides.dispose();
    }
  },
};
