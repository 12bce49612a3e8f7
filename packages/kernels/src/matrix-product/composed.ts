import {
  type BatchMatMulAttrs,
  broadcast_util,
  matMul,
  reshape,
  type Tensor,
  tidy,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import type { KernelFuncOf } from '../backend-kernel.js';
import { gatherItems } from './gather-items.js';

/** tfjs's kernel of `matMul`. */
export type MatMul = KernelFuncOf<Record<'a' | 'b', Tensor>, BatchMatMulAttrs>;

/** A product of batches of matrices, `[…, m, k] · […, k, n] = [batchShape…, m, n]`. */
export interface BatchProduct {
  m: number;
  k: number;
  n: number;
  batchA: number[];
  batchB: number[];
  /** The shape to which both batches broadcast. */
  batchShape: number[];
}

/**
 * Returns the sizes of a product, or `null` for operands that tfjs refuses: a rank below 2, or
 * inner sizes that differ.
 */
export function batchProduct(
  a: number[],
  b: number[],
  { transposeA, transposeB }: BatchMatMulAttrs,
): BatchProduct | null {
  if (a.length < 2 || b.length < 2) return null;
  const [rowsA, columnsA] = a.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (k !== inner) return null;
  const [batchA, batchB] = [a.slice(0, -2), b.slice(0, -2)];
  const batchShape = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
  return { m, k, n, batchA, batchB, batchShape };
}

/**
 * Returns the item of an operand for each item of the product. The operand's batch axes `from`
 * broadcast to `to`: axes are aligned at the last one, and an axis of size 1 is repeated.
 */
export function broadcastItems(from: number[], to: number[]): Int32Array {
  const lead = to.length - from.length;
  return Int32Array.from({ length: util.sizeFromShape(to) }, (_, item) => {
    let rest = item;
    let at = 0;
    let step = 1;
    for (let axis = to.length - 1; axis >= lead; axis--) {
      const size = from[axis - lead]!;
      if (size > 1) at += step * (rest % to[axis]!);
      step *= size;
      rest = Math.floor(rest / to[axis]!);
    }
    return at;
  });
}

/**
 * Whether tfjs's kernels broadcast these batches correctly: one side is a single matrix, or both
 * sides have the same batches.
 */
function isSimple({ batchA, batchB }: BatchProduct): boolean {
  const [left, right] = [batchA, batchB].map((shape) => shape.slice(shape.findIndex(isMany)));
  return !batchA.some(isMany) || !batchB.some(isMany) || util.arraysEqual(left!, right!);
}

const isMany = (size: number) => size !== 1;

/**
 * Corrects two mistakes of `matMul` in tfjs 4.22's kernels. A sum over no products is 0; tfjs's
 * wasm kernel leaves uninitialised memory. Batches broadcast on different axes, as in
 * `[2, 1, m, k] · [1, 3, k, n]`; tfjs's cpu and wasm kernels compute max(2, 3) products.
 */
export function everyBatchProduct(original: MatMul): MatMul {
  return (args) => {
    const { attrs } = args;
    const { a, b } = args.inputs;
    const product = batchProduct(a.shape, b.shape, attrs);
    if (!product) return original(args);
    const { m, n, batchA, batchB, batchShape } = product;
    const shape = [...batchShape, m, n];
    if (a.size === 0 || b.size === 0) return zeros(shape, a.dtype);
    if (isSimple(product)) return original(args);
    return tidy(() => {
      const left = gatherItems(a, broadcastItems(batchA, batchShape));
      const right = gatherItems(b, broadcastItems(batchB, batchShape));
      return reshape(matMul(left, right, attrs.transposeA, attrs.transposeB), shape);
    });
  };
}
