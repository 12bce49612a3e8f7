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
  type TensorInfo,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { type KernelModule, kernelModule, type WasmBackend } from './kernel-module.js';
import { leftMultiplyScratch } from './left-multiply.js';

/**
 * Fast matrix products whatever their form. tfjs's kernel uses XNNPACK only for a single product
 * without transposes (20–30 GFLOP/s) and falls to a naive loop (1–2) for everything else. Here a single
 * product has its transposes carried out first, and a batch runs on the SIMD kernels; without those it
 * becomes one product where the right side is shared, or one product an item.
 */
export const batchMatMulKernel: BackendKernel = {
  kernelName: BatchMatMul,
  make: (original) => (args) => {
    const { a, b } = args.inputs as unknown as { a: Tensor; b: Tensor };
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return (original as KernelFunc)(args);
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
    const batchShape = broadcast_util.assertAndGetBroadcastShape(
      a.shape.slice(0, -2),
      b.shape.slice(0, -2),
    );
    const module = kernelModule(args.backend);
    if (module && !single) {
      return simdProducts(module, args.backend as WasmBackend, {
        a,
        b,
        transposeA,
        transposeB,
        batchA,
        batchB,
        batchShape,
      });
    }
    return tidy(() => {
      const left = matrices(a, batchA, transposeA);
      const right = matrices(b, batchB, transposeB);
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

/** The operands of a batch of products, and what their batch axes broadcast to. */
interface Operands {
  a: Tensor;
  b: Tensor;
  transposeA: boolean;
  transposeB: boolean;
  batchA: number;
  batchB: number;
  batchShape: number[];
}

/** Product by product on the SIMD kernels: `A · B` is one, and `A · Bᵀ` is the gradient of another. */
function simdProducts(
  { kernels, address, scratch }: KernelModule,
  backend: WasmBackend,
  { a, b, transposeA, transposeB, batchA, batchB, batchShape }: Operands,
): TensorInfo {
  const left = transposeA ? matrices(a, batchA, true) : null;
  const [m, inner] = left ? left.shape.slice(1) : (a.shape.slice(-2) as number[]);
  const n = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
  const batch = Math.max(batchA, batchB);
  const out = backend.makeOutput([...batchShape, m!, n], 'float32');
  const at = (tensor: TensorInfo, size: number, count: number, index: number) =>
    address(tensor) + (count === 1 ? 0 : 4 * size * index);
  for (let index = 0; index < batch; index++) {
    const x = at(left ?? a, m! * inner!, batchA, index);
    const y = at(b, inner! * n, batchB, index);
    const z = at(out, m! * n, batch, index);
    if (transposeB) kernels.leftMultiplyGradient(x, y, z, 1, m!, n, inner!);
    else kernels.leftMultiply(x, y, z, scratch(leftMultiplyScratch(m!, inner!)), 1, m!, inner!, n);
  }
  left?.dispose();
  return out;
}

/** The operand as [batch, rows, columns], transposed if asked. */
function matrices(x: Tensor, batch: number, transposed: boolean): Tensor3D {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const flat = reshape(x, [batch, rows, columns]) as Tensor3D;
  return transposed ? transpose(flat, [0, 2, 1]) : flat;
}

function item(x: Tensor3D, index: number): Tensor {
  return x.shape[0] === 1 ? x : slice(x, [index, 0, 0], [1, x.shape[1], x.shape[2]]);
}
