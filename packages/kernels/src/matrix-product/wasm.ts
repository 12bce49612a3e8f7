import {
  BatchMatMul,
  type BatchMatMulAttrs,
  concat,
  matMul,
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  type TensorInfo,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';
import { requireSpace } from '../wasm/out-of-memory.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { batchProduct, broadcastItems } from './composed.js';
import { requireFloats } from './require-floats.js';

/**
 * Matrix products of every form. tfjs's kernel runs XNNPACK (20–30 GFLOP/s) only for a single
 * product without transposes, and a naive loop (1–2) for all others. Here a batch runs on the SIMD
 * kernels, and so does `A · Bᵀ` if {@link isPackingSlower}. Any other single product is transposed
 * first. Without the SIMD kernels, a batch with a shared right side is one product, and any other
 * batch is one product per item. Batches broadcast. A sum over no products is 0.
 */
export const batchMatMulOnWasm: BackendKernel<Record<'a' | 'b', Tensor>, BatchMatMulAttrs> = {
  kernelName: BatchMatMul,
  make: (original) => (args) => {
    const { a, b } = args.inputs;
    const { transposeA, transposeB } = args.attrs;
    const product = batchProduct(a.shape, b.shape, { transposeA, transposeB });
    // tfjs refuses these.
    if (!product) return original!(args);
    requireFloats('matMul', { a, b });
    const { m, n, batchA, batchB, batchShape } = product;
    if (a.size === 0 || b.size === 0) return zeros([...batchShape, m, n]);
    const items = { a: broadcastItems(batchA, batchShape), b: broadcastItems(batchB, batchShape) };
    const isSingle = items.a.length === 1;
    if (isSingle && !transposeA && !transposeB) {
      // XNNPACK copies the right side into its own memory.
      requireSpace((args.backend as WasmBackend).wasm, 4 * b.size);
      return original!(args);
    }
    const module = kernelModule(args.backend);
    if (module && (!isSingle || (transposeB && isPackingSlower(product)))) {
      const backend = args.backend as WasmBackend;
      const sizes = { ...product, transposeA, transposeB, items };
      return simdProducts(module, backend, a, b, sizes);
    }
    return tidy(() => {
      const left = matrices(a, transposeA);
      const right = matrices(b, transposeB);
      if (right.shape[0] === 1) {
        const [, rows, inner] = left.shape;
        const whole = reshape(left, [left.shape[0] * rows, inner]);
        return reshape(matMul(whole, item(right, 0)), [...batchShape, m, n]);
      }
      const products = Array.from(items.a, (at, index) =>
        reshape(matMul(item(left, at), item(right, items.b[index]!)), [1, m, n]),
      );
      return reshape(concat(products, 0), [...batchShape, m, n]);
    });
  },
};

/**
 * Whether `A · Bᵀ` is slower by XNNPACK. It packs its right side, and a transposed one is new at
 * every call. That takes most of the time for few rows of A. The SIMD kernels sum along rows of
 * both sides, so they need long rows, and many rows of A need B in the second-level cache.
 */
function isPackingSlower({ m, k, n }: { m: number; k: number; n: number }): boolean {
  return k >= 32 && (m < 64 || k * n <= 2 ** 19);
}

/** A batch of products: their sizes, and the matrices of each product. */
interface Products {
  m: number;
  k: number;
  n: number;
  batchShape: number[];
  transposeA: boolean;
  transposeB: boolean;
  items: { a: Int32Array; b: Int32Array };
}

/** Computes the products one by one on the SIMD kernels, as `A · B` or `A · Bᵀ`. */
function simdProducts(
  { kernels, address, scratch }: KernelModule,
  backend: WasmBackend,
  a: Tensor,
  b: Tensor,
  { m, k, n, batchShape, transposeA, transposeB, items }: Products,
): TensorInfo {
  const left = transposeA ? tidy(() => matrices(a, true)) : null;
  const out = backend.makeOutput([...batchShape, m, n], 'float32');
  const space = transposeB ? 0 : scratch(kernels.leftMultiplyScratch({ m, k }));
  for (let index = 0; index < items.a.length; index++) {
    const atA = address(left ?? a) + 4 * m * k * items.a[index]!;
    const atB = address(b) + 4 * k * n * items.b[index]!;
    const atOut = address(out) + 4 * m * n * index;
    // `A · Bᵀ` is the gradient of another product in its left side.
    if (transposeB)
      kernels.leftMultiplyGradient({ dy: atA, x: atB, da: atOut, batch: 1, m, k: n, n: k });
    else kernels.matrixProduct({ a: atA, x: atB, y: atOut, scratch: space, m, k, n });
  }
  left?.dispose();
  return out;
}

/** Returns the operand as [batch, rows, columns], transposed if asked. */
function matrices(x: Tensor, transposed: boolean): Tensor3D {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const flat = reshape(x, [-1, rows, columns]) as Tensor3D;
  return transposed ? transpose(flat, [0, 2, 1]) : flat;
}

/** Returns one matrix of a batch. */
function item(x: Tensor3D, index: number): Tensor {
  const [batch, rows, columns] = x.shape;
  const one = batch === 1 ? x : slice(x, [index, 0, 0], [1, rows, columns]);
  return reshape(one, [rows, columns]);
}
