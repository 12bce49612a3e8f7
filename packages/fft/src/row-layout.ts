import { ConfigError, integerIn, requireOptions, requireSize } from '@ds/checks';

/** Layout of signals in an array: sample t of signal i is at `offset + i·distance + t·stride`. */
export interface RowLayout {
  /** Number of signals. */
  count: number;
  /** Distance from one sample to the next, in elements. Default 1. */
  stride?: number;
  /** Distance from one signal to the next, in elements. Default `length · stride`. */
  distance?: number;
  /** Index of the first sample. Default 0. */
  offset?: number;
}

const LAYOUT = {
  count: requireSize,
  stride: requireSize,
  distance: requireSize,
  offset: integerIn(0),
};

/**
 * The layout with its defaults.
 *
 * @param requireRows checks the array.
 * @throws ConfigError if it reaches outside of the array x that `method` calls `name`.
 */
export function placed(
  method: string,
  name: string,
  x: ArrayLike<number>,
  layout: RowLayout,
  length: number,
  requireRows: (method: string, name: string, x: ArrayLike<number>) => void,
): Required<RowLayout> {
  requireRows(method, name, x);
  requireOptions<RowLayout>(method, 'layout', layout, LAYOUT, ['count']);
  const { count, stride = 1, distance = length * stride, offset = 0 } = layout;
  const last = offset + (count - 1) * distance + (length - 1) * stride;
  if (last >= x.length) {
    throw new ConfigError(
      `${method}: layout must stay inside of the ${x.length} values of ${name}, ` +
        `got ${JSON.stringify({ count, stride, distance, offset })}`,
    );
  }
  return { count, stride, distance, offset };
}
