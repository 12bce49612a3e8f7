import type { Parity, Wave } from './parity-waves.js';

/** One term of an inverse real DFT: a wave along the height times a wave along the width. */
export interface WaveTerm {
  /** The wave along the height, and the parity of its frequencies. */
  down: Wave;
  row: Parity;
  /** The wave along the width, and the parity of its frequencies. */
  across: Wave;
  column: Parity;
  /** The part of the spectrum that the term multiplies. */
  part: 'real' | 'imag';
}

/**
 * All terms. Arrays with one entry per term use this order: wave along the height, parity of rows,
 * wave along the width, parity of columns.
 */
export const WAVE_TERMS: readonly WaveTerm[] = (['cos', 'sin'] as const).flatMap((down) =>
  ([0, 1] as const).flatMap((row) =>
    (['cos', 'sin'] as const).flatMap((across) =>
      ([0, 1] as const).map((column) => {
        const part = down === across ? ('real' as const) : ('imag' as const);
        return { down, row, across, column, part };
      }),
    ),
  ),
);
