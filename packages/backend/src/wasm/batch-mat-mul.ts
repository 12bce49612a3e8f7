import {
  BatchMatMul,
  type BatchMatMulAttrs,
  broadcast_util,
  concat,
  type KernelFunc,
  matMul,
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { WasmKernel } from './install.js';

/**
 * Matrix products on XNNPACK whatever their form. tfjs's kernel uses it only for a single product
 * without transposes (20–30 GFLOP/s) and falls to a naive loop (1–2) for everything else: here the
 * transposes are carried out first, and a batch becomes one product where the right side is shared,
 * or one product an item.
 */
export const batchMatMulKernel: WasmKernel = {
  kernelName: BatchMatMul,
  make: (original) => (args) => {
    const { a, b } = args.inputs as unknown as { a: Tensor; b: Tensor };
    const { transposeA, transposeB } = args.attrs as unknown as BatchMatMulAttrs;
    const batchA = a.size / (a.shape.at(-1)! * a.shape.at(-2)!);
    const batchB = b.size / (b.shape.at(-1)! * b.shape.at(-2)!);
    const single = batchA === 1 && batchB === 1;
    if ((single && !transposeA && !transposeB) || a.size === 0 || b.size === 0) {
      return (original as KernelFunc)(args);
    }
    // Broadcasting over several batch axes is rare: tfjs's own kernel does it.
    const simple = batchA === batchB || batchA === 1 || batchB === 1;
    if (!simple) return (original as KernelFunc)(args);
    return tidy(() => {
      const left = matrices(a, batchA, transposeA);
      const right = matrices(b, batchB, transposeB);
      const batchShape = broadcast_util.assertAndGetBroadcastShape(
        a.shape.slice(0, -2),
        b.shape.slice(0, -2),
      );
      const [, rows, inner] = left.shape;
      const columns = right.shape[2];
      const outShape = [...batchShape, rows, columns];
      const rightMatrix = (index: number) => reshape(item(right, index), [inner, columns]);
      if (batchB === 1) {
        return reshape(matMul(reshape(left, [batchA * rows, inner]), rightMatrix(0)), outShape);
      }
      const products = Array.from({ length: batchB }, (_, index) =>
        reshape(
          matMul(reshape(item(left, batchA === 1 ? 0 : index), [rows, inner]), rightMatrix(index)),
          [1, rows, columns],
        ),
      );
      return reshape(concat(products, 0), outShape);
    });
  },
};

/** The operand as [batch, rows, columns], transposed if asked. */
function matrices(x: Tensor, batch: number, transposed: boolean): Tensor3D {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const flat = reshape(x, [batch, rows, columns]) as Tensor3D;
  return transposed ? transpose(flat, [0, 2, 1]) : flat;
}

function item(x: Tensor3D, index: number): Tensor {
  return x.shape[0] === 1 ? x : slice(x, [index, 0, 0], [1, x.shape[1], x.shape[2]]);
}
