import {
  Add,
  Atan2,
  FloorDiv,
  Mod,
  Multiply,
  Pow,
  RealDiv,
  Sub,
  type Tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { OWN_KERNELS, type Repair } from './repair.js';

const OPS = [Add, Sub, Multiply, RealDiv, FloorDiv, Mod, Atan2, Pow];

/** A sum over no samples is 0. */
export const emptyGradients: Repair = {
  name: 'gradients of arithmetic on no samples',
  wrong: 'refuses to sum the gradient of an operand that was broadcast to an empty tensor',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: OPS.map((name) => `gradient ${name}`),
  install: () => {
    for (const name of OPS) {
      replaceGradient(name, ({ gradFunc }) => (dy, saved, attrs) => {
        if ((dy as Tensor).size > 0) return gradFunc(dy, saved, attrs);
        const [a, b] = saved as [Tensor, Tensor];
        return { a: () => zeros(a.shape), b: () => zeros(b.shape) };
      });
    }
  },
};
