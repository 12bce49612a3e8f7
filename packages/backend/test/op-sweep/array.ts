/** A row-major array of float64 values. The oracles compute with it. */
export interface NdArray {
  shape: number[];
  data: Float64Array;
}

export const sizeOf = (shape: number[]): number =>
  shape.reduce((product, side) => product * side, 1);

/** Makes an array from a function of the index. */
export function generate(shape: number[], valueAt: (index: number[]) => number): NdArray {
  const data = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = valueAt(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** Returns the value at an index. An axis of size 1 broadcasts. */
export function at({ shape, data }: NdArray, index: number[]): number {
  const missing = index.length - shape.length;
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    flat = flat * shape[axis]! + (shape[axis] === 1 ? 0 : index[axis + missing]!);
  }
  return data[flat]!;
}

/** Returns the shape to which two arrays broadcast. */
export function broadcast(a: number[], b: number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis + a.length - rank] ?? 1;
    const right = b[axis + b.length - rank] ?? 1;
    return left === 1 ? right : left;
  });
}

/**
 * Reduces the values along the axes. `combine` gets these values for each index of the other axes.
 */
export function reduce(
  x: NdArray,
  axes: number[],
  keepDims: boolean,
  combine: (values: number[]) => number,
): NdArray {
  const kept = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const whole = generate(kept, (index) => {
    const values: number[] = [];
    const along = x.shape.map((side, axis) => (axes.includes(axis) ? side : 1));
    generate(along, (step) => {
      values.push(
        at(
          x,
          index.map((place, axis) => place + step[axis]!),
        ),
      );
      return 0;
    });
    return combine(values);
  });
  if (keepDims) return whole;
  return { shape: x.shape.filter((_, axis) => !axes.includes(axis)), data: whole.data };
}
