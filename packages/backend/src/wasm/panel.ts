/** Columns of a panel of `assembly/panel.ts`. */
export const PANEL = 64;

/** Floats of the table of a matrix of m rows and k columns, which it multiplies panels by. */
export function tableFloats(m: number, k: number): number {
  return 4 * Math.ceil(m / 4) * k;
}

/** Floats that may be left out in front of a panel, and other rows, for them to lie on cache lines. */
export const ALIGNMENT = 15;
