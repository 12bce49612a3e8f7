import { type Checks, oneOf, refuse, requireOptions } from '@ds/checks';
import { type AxisTaps, maxOverRegions, poolByTaps, type Regions, untaped } from '@ds/kernels';
import {
  addN,
  equal,
  isNaN as isNotANumber,
  logicalOr,
  range,
  reshape,
  scalar,
  type Tensor4D,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {
  type DataFormat,
  inChannelsLast,
  requireImage,
  spatialAxes,
  toChannelsLast,
} from './data-format.js';
import {
  FRACTIONAL_CHECKS,
  type FractionalPoolOptions,
  type FractionalRegions,
  fractionalRegions,
} from './fractional-pool.js';
import { requireReference } from './upsampled-size.js';

/** The pooling that {@link fractionalUnpool} reverses. */
export type UnpoolingKind = 'max' | 'average';

/** Options of {@link fractionalUnpool}: those of the pooling, and its kind. */
export interface FractionalUnpoolOptions extends FractionalPoolOptions {
  /** `'average'` (default) spreads a value over its region. `'max'` puts it at the maximum. */
  kind?: UnpoolingKind;
}

/** The checks of {@link FractionalUnpoolOptions}. */
export const UNPOOL_CHECKS: Checks<FractionalUnpoolOptions> = {
  ...FRACTIONAL_CHECKS,
  kind: oneOf('max', 'average'),
};

/**
 * Reverses fractional pooling (Graham 2014, arXiv 1412.6071) over the same regions.
 *
 * `reference` is the image that was pooled. Together with the options of the pooling it gives the
 * regions: the `rows` and `columns` that the pooling returned, or its `seed` with `ratio` or
 * `outputSize`.
 *
 * - `'average'`: each pixel gets the value of its region. A pixel of several overlapping regions
 *   gets the mean of their values. So constant images keep their value, and `fractionalAvgPool`
 *   over disjoint regions returns x.
 * - `'max'`: the value goes to the maximum of the region in the reference, and to the first one in
 *   row-major order on a tie. All other pixels are 0. Values add up where a pixel is the maximum of
 *   several regions. NaN counts as the largest value. Zeiler & Fergus (2014,
 *   arXiv 1311.2901) unpool so, over windows of one size.
 *
 * Placement: in a decoder, where the encoder has a fractional pooling.
 *
 * Shapes: x `[batch, h, w, channels]`, reference `[batch, H, W, channels]` → `[batch, H, W,
 * channels]`. Differentiable in x. The reference has no gradient, since positions have none.
 *
 * @throws ConfigError if x or the reference is not a float32 image of rank 4, their shapes do not
 *   suit the regions, the options are not those of a fractional pooling, or neither a seed nor
 *   boundaries are given.
 */
export function fractionalUnpool(
  x: Tensor4D,
  reference: Tensor4D,
  options: FractionalUnpoolOptions,
): Tensor4D {
  const op = 'fractionalUnpool';
  requireImage(op, x);
  requireReference(op, reference);
  requireOptions(op, 'options', options, UNPOOL_CHECKS);
  const { kind = 'average', dataFormat = 'channelsLast', ...drawn } = options;
  if (drawn.seed === undefined && drawn.rows === undefined) {
    const rule = 'be the seed of the pooling, or rows and columns must be given';
    refuse(op, 'seed', rule, undefined);
  }
  const regions = fractionalRegions(op, sidesOf(reference, dataFormat), drawn);
  requireFit(op, x, reference, regions, dataFormat);
  return tidy(() => {
    if (kind === 'average') {
      return inChannelsLast(x, dataFormat, (image) => spreadMeans(image, regions));
    }
    return inChannelsLast(x, dataFormat, (image) =>
      toMaxima(image, toChannelsLast(reference, dataFormat), regions),
    );
  });
}

function sidesOf({ shape }: Tensor4D, dataFormat: DataFormat): [number, number] {
  const [rows, columns] = spatialAxes(dataFormat);
  return [shape[rows]!, shape[columns]!];
}

function requireFit(
  op: string,
  x: Tensor4D,
  reference: Tensor4D,
  { rows, columns }: FractionalRegions,
  dataFormat: DataFormat,
): void {
  const wanted = reference.shape.slice();
  const [rowAxis, columnAxis] = spatialAxes(dataFormat);
  wanted[rowAxis] = rows.length;
  wanted[columnAxis] = columns.length;
  if (x.shape.join() !== wanted.join()) {
    refuse(op, 'x', `have the shape [${wanted}] of the pooled reference`, x.shape);
  }
}

/** Each pixel gets the mean of the regions that contain it. */
function spreadMeans(image: Tensor4D, { rows, columns }: FractionalRegions): Tensor4D {
  return poolByTaps(image, spreadTaps(rows), spreadTaps(columns));
}

/** For each pixel of an axis, the regions that contain it, with equal weights. */
export function spreadTaps(regions: Regions): AxisTaps[] {
  const size = regions.at(-1)![1];
  return Array.from({ length: size }, (_, pixel) => {
    const within = regions.flatMap(([start, end], index) =>
      pixel >= start && pixel < end ? [index] : [],
    );
    return within.map((index) => ({ index, weight: 1 / within.length }));
  });
}

/**
 * The sum over groups of disjoint regions. Overlapping regions share pixels only with their
 * neighbours, so every second region along each axis is disjoint.
 */
function toMaxima(
  image: Tensor4D,
  reference: Tensor4D,
  { rows, columns }: FractionalRegions,
): Tensor4D {
  const size: [number, number] = [reference.shape[1], reference.shape[2]];
  const parts = groupsOf(rows).flatMap((ofRows) =>
    groupsOf(columns).map((ofColumns) => {
      const spread = (values: Tensor4D, pick: (group: Group) => number[]) =>
        poolByTaps(
          values,
          memberTaps(ofRows, size[0], pick(ofRows)),
          memberTaps(ofColumns, size[1], pick(ofColumns)),
        );
      const isWinner = untaped(() =>
        firstMaxima(reference, ofRows.regions, ofColumns.regions, (values) =>
          spread(values, ({ regions }) => regions.map((_, at) => at)),
        ),
      );
      // A product with 0 would spread infinity and NaN.
      const values = spread(image, ({ indices }) => indices);
      return where(isWinner, values, zerosLike(values)) as Tensor4D;
    }),
  );
  return addN(parts) as Tensor4D;
}

/** Disjoint regions of an axis, with their indices among all regions. */
interface Group {
  regions: Regions;
  indices: number[];
}

function groupsOf(regions: Regions): Group[] {
  const isDisjoint = regions.every(([start], i) => i === 0 || start >= regions[i - 1]![1]);
  const parities = isDisjoint ? [null] : [0, 1];
  return parities
    .map((parity) => {
      const indices = regions.flatMap((_, i) => (parity === null || i % 2 === parity ? [i] : []));
      return { regions: indices.map((i) => regions[i]!), indices };
    })
    .filter(({ indices }) => indices.length > 0);
}

/** For each pixel of an axis, the one region that contains it, or none. */
function memberTaps({ regions }: Group, size: number, indices: number[]): AxisTaps[] {
  const taps: AxisTaps[] = Array.from({ length: size }, () => []);
  regions.forEach(([start, end], at) => {
    for (let pixel = start; pixel < end; pixel++)
      taps[pixel]!.push({ index: indices[at]!, weight: 1 });
  });
  return taps;
}

/**
 * True at the first maximum of each region in row-major order. Among the largest
 * pixels of a region it takes the largest of the negative positions.
 */
function firstMaxima(
  reference: Tensor4D,
  rows: Regions,
  columns: Regions,
  spread: (values: Tensor4D) => Tensor4D,
): Tensor4D {
  const [, height, width] = reference.shape;
  const largest = spread(maxOverRegions(reference, rows, columns));
  const isLargest = logicalOr(equal(reference, largest), isNotANumber(reference));
  const order = reshape(range(0, -height * width, -1), [1, height, width, 1]);
  const candidates = where(isLargest, order, scalar(-height * width)) as Tensor4D;
  const first = spread(maxOverRegions(candidates, rows, columns));
  return equal(candidates, first);
}
