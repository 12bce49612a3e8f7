import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { leftMultiplyGradientKernel } from '../../src/left-multiply/contract.js';
import {
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
} from '../../src/resample/contract.js';
import { entriesOf, isMasked, type MaskedMatrix } from '../../src/resample/masked-matrix.js';
import { resampleByMatrices } from '../../src/resample/resample.js';
import { describeImplementations, type Implementation } from './implementation.js';

const KERNELS = [resampleKernel, resampleInputGradientKernel, resampleMatrixGradientKernel];

/** Float32 sums of a few hundred terms in another order. */
const FLOAT32 = 5e-6;

/** The parts of a masked matrix [m, n] with r learned masks. */
interface Parts {
  base: tf.Tensor2D;
  synthesis: tf.Tensor2D;
  analysis: tf.Tensor2D;
}

function partsOf(seed: number, [m, n]: [number, number], r: number): Parts {
  return {
    base: unitTensor(seed, [m, n]) as tf.Tensor2D,
    synthesis: unitTensor(seed + 1, [m, r]) as tf.Tensor2D,
    analysis: unitTensor(seed + 2, [r, n]) as tf.Tensor2D,
  };
}

/** The definition: every entry is on the gradient tape. */
function plain({ base, synthesis, analysis }: Parts, mask: tf.Tensor1D): tf.Tensor2D {
  return tf.add(base, tf.matMul(tf.mul(synthesis, mask) as tf.Tensor2D, analysis));
}

function masked(parts: Parts, mask: tf.Tensor1D): MaskedMatrix {
  const { base, synthesis, analysis } = parts;
  const value = tf.tensor2d(plain(parts, tf.tensor1d(mask.dataSync())).dataSync(), [...base.shape]);
  return { shape: base.shape, value, ramp: { mask, waves: () => ({ synthesis, analysis }) } };
}

/** Image, output and channels. With few waves the gradient projects on them, else it does not. */
const CASES: [string, [number, number], [number, number], number, number][] = [
  ['few waves, 9 channels', [23, 24], [19, 17], 9, 2],
  ['few waves, 1 channel', [23, 24], [19, 17], 1, 2],
  ['many waves, 9 channels', [5, 4], [3, 4], 9, 4],
  ['a pixel', [1, 1], [1, 1], 8, 1],
];

export function maskedMatrixTests(implementations: Implementation[]): void {
  describeImplementations(KERNELS, implementations, (_backend, isKernel) => {
    it.each(CASES)('%s: the masks have the gradient of their definition', (_, ...given) => {
      const [[H, W], [h, w], channels, waves] = given;
      tf.tidy(() => {
        const x = unitTensor(1, [2, H, W, channels]) as tf.Tensor4D;
        const [rows, columns] = [partsOf(3, [h, H], waves), partsOf(7, [w, W], waves)];
        const masks = [unitTensor(11, [waves]), unitTensor(12, [waves])];
        const pool =
          (form: (parts: Parts, mask: tf.Tensor1D) => tf.Tensor2D | MaskedMatrix) =>
          (image: tf.Tensor, a: tf.Tensor, b: tf.Tensor) =>
            resampleByMatrices(
              image as tf.Tensor4D,
              { rows: form(rows, a as tf.Tensor1D), columns: form(columns, b as tf.Tensor1D) },
              { isSymmetric: false },
            );
        const upstream = unitTensor(13, [2, h, w, channels]);
        const inputs = [x, ...masks];
        const want = tf.grads(pool(plain) as never)(inputs, upstream);
        const got = tf.grads(pool(masked) as never)(inputs, upstream);
        got.forEach((gradient, at) => {
          expect(relativeError(gradient.dataSync(), want[at]!.dataSync())).toBeLessThan(FLOAT32);
        });
        const run = () => pool(masked)(x, masks[0]!, masks[1]!);
        const direct = pool(plain)(x, masks[0]!, masks[1]!).dataSync();
        expect(relativeError(run().dataSync(), direct)).toBeLessThan(FLOAT32);
        expect(leakedTensors(() => tf.tidy(run))).toBe(0);
        expect(leakedTensors(() => tf.tidy(() => tf.grads(pool(masked) as never)(inputs)))).toBe(0);
      });
    });

    if (isKernel) return;

    it('has the mixed second derivative', () => {
      tf.tidy(() => {
        const x = unitTensor(1, [1, 9, 8, 2]) as tf.Tensor4D;
        const rows = partsOf(3, [7, 9], 1);
        const slope = (form: typeof plain | typeof masked) => (mask: tf.Tensor) =>
          tf.sum(
            tf.square(
              tf.grad((image) => {
                const matrix = form(rows, mask as tf.Tensor1D);
                const columns = tf.eye(8) as tf.Tensor2D;
                const matrices = { rows: matrix, columns };
                const y = resampleByMatrices(image as tf.Tensor4D, matrices, {
                  isSymmetric: false,
                });
                return tf.sum(tf.square(y));
              })(x),
            ),
          );
        const mask = tf.tensor1d([0.4]);
        const [want, got] = [plain, masked].map((form) => tf.grad(slope(form))(mask).dataSync());
        expect(relativeError(got!, want!)).toBeLessThan(FLOAT32);
      });
    });

    it('forms no gradient of all entries for few masks', async () => {
      const x = unitTensor(1, [1, 24, 1, 1]) as tf.Tensor4D;
      const rows = partsOf(3, [20, 24], 2);
      const mask = tf.tensor1d([0.2, 0.7]);
      const one = tf.ones([1, 1]) as tf.Tensor2D;
      const products = async (form: (mask: tf.Tensor1D) => tf.Tensor2D | MaskedMatrix) => {
        const run = () =>
          tf.grads((image, learned) =>
            tf.sum(
              resampleByMatrices(
                image as tf.Tensor4D,
                { rows: form(learned as tf.Tensor1D), columns: one },
                { isSymmetric: false },
              ),
            ),
          )([x, mask]);
        const { kernels } = await tf.profile(() => tf.dispose(tf.tidy(run)));
        return (
          kernels
            // The second one, where the kernel of the left product is registered.
            .filter(({ name }) => [tf.BatchMatMul, leftMultiplyGradientKernel.name].includes(name))
            .filter(({ outputShapes }) => outputShapes[0]!.slice(-2).join() === '20,24').length
        );
      };
      // The first product makes the matrix.
      expect(await products((learned) => plain(rows, learned))).toBeGreaterThan(1);
      expect(await products((learned) => masked(rows, learned))).toBe(1);
      tf.dispose([x, mask, one, ...Object.values(rows)]);
    });

    it('a constant has no gradient, and its entries are its value', () => {
      tf.tidy(() => {
        const value = unitTensor(2, [3, 5]) as tf.Tensor2D;
        const constant: MaskedMatrix = { shape: [3, 5], value, ramp: null };
        expect(isMasked(constant)).toBe(true);
        expect(isMasked(value)).toBe(false);
        expect(entriesOf(constant)).toBe(value);
        const x = unitTensor(1, [1, 5, 4, 3]) as tf.Tensor4D;
        const columns: MaskedMatrix = { shape: [4, 4], value: tf.eye(4), ramp: null };
        const [want, got] = [value, constant].map((rows) =>
          tf
            .grad((image) =>
              tf.sum(
                tf.square(
                  resampleByMatrices(
                    image as tf.Tensor4D,
                    { rows, columns },
                    { isSymmetric: false },
                  ),
                ),
              ),
            )(x)
            .dataSync(),
        );
        expect(relativeError(got!, want!)).toBeLessThan(FLOAT32);
      });
    });
  });
}
