import type { Swap } from './swap.js';
import { PROBES, type Sides } from './swap-shapes.js';

/** The size of a map: that of its root after some layers. */
export interface Grid {
  root: Root;
  /** The sizes that these layers give for roots of the sizes {@link PROBES}. */
  probes: Sides[];
}

/** A known size, an unknown size with a name, or the output of a swapped layer. */
export type Root =
  | { kind: 'known'; sides: Sides }
  | { kind: 'unknown'; name: string }
  | { kind: 'pooled'; swap: Swap; of: Grid };

export function gridOf(root: Root): Grid {
  return { root, probes: PROBES };
}

/** Whether the size of a map may differ from that in the original. */
export function isFree({ root }: Grid): boolean {
  return root.kind === 'pooled' && (root.swap.isFree || isFree(root.of));
}

/** The swapped layer that sets a size. */
export function swapsOf(...grids: Grid[]): Swap[] {
  return grids.flatMap(({ root }) =>
    root.kind === 'pooled' ? (root.swap.isFree ? [root.swap] : swapsOf(root.of)) : [],
  );
}

/** Applies a function of sizes to a grid. Returns `null` if it has no size for one of them. */
export function through(grid: Grid, sizeAfter: (sides: Sides) => Sides | null): Grid | null {
  const probes = grid.probes.map(sizeAfter);
  return probes.every((one) => one !== null) ? { ...grid, probes } : null;
}

/** Whether two grids have equal probes. */
export function haveEqualProbes(a: Grid, b: Grid): boolean {
  return `${a.probes}` === `${b.probes}`;
}
