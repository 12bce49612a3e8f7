import { keptRange, type MaskForm, sizeMask } from '@ds/masks';
import { scalar, tidy } from '@tensorflow/tfjs-core';

/** A mask over elements of a network, and the elements that it keeps. */
export interface MaskedAxis {
  values: Float32Array;
  /** The first kept element, and the one after the last. */
  kept: [number, number];
}

export const sizesApi = {
  /** The mask of a real size over `length` taps, channels or blocks. */
  mask(length: number, size: number, form: MaskForm, temperature: number): MaskedAxis {
    const values = tidy(
      () => sizeMask(length, scalar(size), { form, temperature }).dataSync() as Float32Array,
    );
    return { values: values.slice(), kept: keptRange(length, size, form) };
  },
};
