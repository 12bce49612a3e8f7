import { stack, type Tensor, Unpack, type UnpackAttrs } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replaced-gradients.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** Adds a gradient for an axis of size 1. */
export const unstackGradient: Repair = {
  name: 'gradient of Unpack',
  wrong: 'refuses an axis of size 1, since it does not treat one part as a list',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['gradient Unpack'],
  install: () =>
    replaceGradient(Unpack, () => (dy, _saved, attrs) => {
      const { axis } = attrs as unknown as UnpackAttrs;
      return { value: () => stack([dy as Tensor | Tensor[]].flat(), axis) };
    }),
};
