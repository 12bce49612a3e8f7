import { stack, Unpack, type UnpackAttrs } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** Adds a gradient for an axis of size 1. */
export const unstackGradient: Repair = {
  name: 'gradient of Unpack',
  wrong: 'refuses an axis of size 1, since it does not treat one part as a list',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['gradient Unpack'],
  install: () =>
    replaceGradient<UnpackAttrs>(Unpack, () => (dy, _saved, { axis }) => ({
      value: () => stack([dy].flat(), axis),
    })),
};
