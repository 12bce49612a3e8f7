import type { Constant } from '../graph/neutral-graph.js';

/**
 * The order of a tensor's axes in the file: stored axis i is axis `order[i]` of the graph's value.
 */
export type AxisOrder = number[];

/** The graph's own order. */
export function ownOrder(rank: number): AxisOrder {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** The order with the last axis, the channels, directly after the batch: NCHW for images. */
export function channelsFirst(rank: number): AxisOrder {
  return rank < 3 ? ownOrder(rank) : [0, rank - 1, ...ownOrder(rank).slice(1, -1)];
}

export function isSameOrder(a: AxisOrder, b: AxisOrder): boolean {
  return a.length === b.length && a.every((axis, at) => axis === b[at]);
}

/**
 * The numbers of a constant in another order of axes. A constant of lower rank has the last axes of
 * the value, and gets axes of size 1 before them.
 */
export function ordered(constant: Constant, order: AxisOrder): Constant {
  const missing = order.length - constant.shape.length;
  const shape = [...new Array<number>(missing).fill(1), ...constant.shape];
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  }
  const sizes = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const values = new Float32Array(constant.values.length);
  const at = new Array<number>(sizes.length).fill(0);
  let source = 0;
  for (let target = 0; target < values.length; target++) {
    values[target] = constant.values[source]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      source += steps[axis]!;
      if (++at[axis]! < sizes[axis]!) break;
      source -= at[axis]! * steps[axis]!;
      at[axis] = 0;
    }
  }
  return { name: constant.name, shape: sizes, values };
}
