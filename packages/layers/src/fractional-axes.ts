import {
  type Check,
  type Checks,
  ConfigError,
  refuse,
  requireArray,
  requireBoolean,
  requireInteger,
  requireList,
  requireOptions,
} from '@ds/checks';
import type { Regions } from '@ds/kernels';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import {
  checkDataFormat,
  type DataFormat,
  inChannelsLast,
  requireImage,
  spatialAxes,
} from './data-format.js';
import { fractionalSequence } from './fractional-sequence.js';
import { tapsMultiplyAdds } from './multiply-adds.js';
import { meanTaps } from './region-mean.js';
import type { PerAxis, SpatialRank } from './spatial-rank.js';

/** Options of fractional pooling with R axes, without given boundaries. */
export interface FractionalDrawOptions<R extends SpatialRank> {
  /** Input size over output size, ≥ 1, one number for all axes. Excludes `outputSize`. */
  ratio?: number | Readonly<PerAxis<R>>;
  /** Output size, one number for all axes. Excludes `ratio`. */
  outputSize?: number | Readonly<PerAxis<R>>;
  /** Whether neighbouring regions share their boundary. Default false. */
  overlapping?: boolean;
  /** Whether to draw Graham's pseudorandom, regular sequences. Default false: random sequences. */
  pseudoRandom?: boolean;
  /** Seed of the regions. Without a seed, each call draws new regions. */
  seed?: number;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/** Boundaries of the regions that the caller gives, with the name of each axis's list. */
export interface GivenBoundaries {
  names: string[];
  lists: number[][];
}

/** Pools over the regions of each axis. Returns the boundaries, one list for each axis. */
export function poolFractions<R extends SpatialRank, X extends Tensor>(
  op: string,
  rank: R,
  x: X,
  options: FractionalDrawOptions<R>,
  given: GivenBoundaries | null,
  reduce: (image: X, regions: Regions[]) => X,
): { output: X; boundaries: number[][] } {
  const { dataFormat = 'channelsLast' } = options;
  const sides = spatialAxes(dataFormat, rank).map((axis) => x.shape[axis]!);
  const { boundaries, regions } = regionsOfAxes(op, rank, sides, options, given);
  const output = inChannelsLast(x, dataFormat, (image) => tidy(() => reduce(image, regions)));
  return { output, boundaries };
}

/** Checks the arguments of fractional pooling with given or drawn boundaries, and pools. */
export function poolFractionsOrGiven<R extends SpatialRank, X extends Tensor>(
  op: string,
  rank: R,
  x: X,
  options: FractionalDrawOptions<R> & { boundaries?: number[][] },
  reduce: (image: X, regions: Regions[]) => X,
): { output: X; boundaries: number[][] } {
  requireImage(op, x, rank);
  requireOptions(op, 'options', options, {
    ...drawChecks(rank),
    boundaries: checkBoundaries(rank),
  } as Checks<typeof options>);
  requireOneWay(op, options, 'boundaries', ['boundaries']);
  const { boundaries, ...draw } = options;
  const given = boundaries
    ? {
        names: boundaries.map((_, axis) => `boundaries[${axis}]`),
        lists: boundaries.map((list) => [...list]),
      }
    : null;
  return poolFractions(op, rank, x, draw as FractionalDrawOptions<R>, given, reduce);
}

/** The boundaries and the regions along each axis, given or drawn, for images of these sides. */
export function regionsOfAxes<R extends SpatialRank>(
  op: string,
  rank: R,
  sides: readonly number[],
  options: FractionalDrawOptions<R>,
  given: GivenBoundaries | null,
): { boundaries: number[][]; regions: Regions[] } {
  const boundaries = given
    ? requireBoundaries(op, given, sides)
    : drawnBoundaries(op, rank, sides, options);
  const { overlapping = false } = options;
  return { boundaries, regions: boundaries.map((list) => regionsOf(list, overlapping)) };
}

/** The regions of a draw along each axis, for images of these sides. */
export function drawnRegions<R extends SpatialRank>(
  op: string,
  rank: R,
  sides: readonly number[],
  options: FractionalDrawOptions<R>,
): Regions[] {
  return regionsOfAxes(op, rank, sides, options, null).regions;
}

/** Multiply-adds of the means over the seed's regions, for an image of these sides and channels. */
export function fractionalMeanMultiplyAdds<R extends SpatialRank>(
  op: string,
  rank: R,
  image: readonly number[],
  options: FractionalDrawOptions<R>,
): number {
  const regions = drawnRegions(op, rank, image.slice(0, -1), options);
  return tapsMultiplyAdds(regions.map(meanTaps), image);
}

function regionsOf(boundaries: number[], overlapping: boolean): Regions {
  const size = boundaries.at(-1)!;
  return boundaries
    .slice(0, -1)
    .map((start, i) => [start, Math.min(boundaries[i + 1]! + (overlapping ? 1 : 0), size)]);
}

function drawnBoundaries<R extends SpatialRank>(
  op: string,
  rank: R,
  sides: readonly number[],
  options: FractionalDrawOptions<R>,
): number[][] {
  const sizes = outputSizes(op, rank, sides, options);
  const { pseudoRandom = false } = options;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  return sides.map((side, axis) =>
    fractionalSequence(side, sizes[axis]!, { pseudoRandom, seed, stream: axis as 0 | 1 | 2 }),
  );
}

/** The output sizes from `ratio` or `outputSize`. */
export function outputSizes<R extends SpatialRank>(
  op: string,
  rank: R,
  sides: readonly number[],
  { ratio, outputSize }: Pick<FractionalDrawOptions<R>, 'ratio' | 'outputSize'>,
): PerAxis<R> {
  if (ratio !== undefined) {
    const ratios = requireRatio(op, ratio, rank);
    const sizes = sides.map((side, axis) => Math.max(1, Math.floor(side / ratios[axis]!)));
    return sizes as PerAxis<R>;
  }
  const sizes = typeof outputSize === 'number' ? Array<number>(rank).fill(outputSize) : outputSize;
  const fits = (size: number, axis: number) =>
    Number.isInteger(size) && size >= 1 && size <= sides[axis]!;
  if (!Array.isArray(sizes) || sizes.length !== rank || !sizes.every(fits)) {
    refuse(op, 'outputSize', `be integers in 1 … [${sides.join(', ')}]`, sizes);
  }
  return sizes as PerAxis<R>;
}

/** Checks a ratio, and returns one per axis. */
function requireRatio(op: string, ratio: unknown, rank: SpatialRank): number[] {
  const ratios = typeof ratio === 'number' ? Array<number>(rank).fill(ratio) : ratio;
  const isRatio = Array.isArray(ratios) && ratios.length === rank;
  if (!isRatio || !ratios.every((r) => Number.isFinite(r) && r >= 1)) {
    refuse(op, 'ratio', 'be >= 1', ratios);
  }
  return ratios as number[];
}

/**
 * Checks that exactly one of ratio, outputSize and boundaries is given.
 *
 * @param called the options of the boundaries, in messages and by name.
 */
export function requireOneWay(
  op: string,
  options: object,
  called: string,
  boundaries: string[],
): void {
  const names = ['ratio', 'outputSize', ...boundaries];
  const given = names.filter((name) => (options as Record<string, unknown>)[name] !== undefined);
  const isAll = given.join() === boundaries.join();
  if (isAll || (given.length === 1 && !boundaries.includes(given[0]!))) return;
  throw new ConfigError(
    `${op}: exactly one of ratio, outputSize, and ${called} must be given, ` +
      `got ${given.join(', ') || 'none'}`,
  );
}

function requireBoundaries(
  op: string,
  { names, lists }: GivenBoundaries,
  sides: readonly number[],
): number[][] {
  return sides.map((side, axis) => {
    requireRising(op, names[axis]!, lists[axis]!, side);
    return lists[axis]!;
  });
}

function requireRising(op: string, name: string, list: number[], size: number): void {
  const rises = list.every(
    (value, i) => Number.isInteger(value) && (i === 0 ? value === 0 : value > list[i - 1]!),
  );
  if (list.length < 2 || !rises || list.at(-1) !== size) {
    throw new ConfigError(
      `${op}: ${name} must rise from 0 to ${size} in integers, got [${list.join(', ')}]`,
    );
  }
}

/** The checks of {@link FractionalDrawOptions}. As in tfjs, one axis has no data format. */
export function drawChecks<R extends SpatialRank>(rank: R): Checks<FractionalDrawOptions<R>> {
  const checks: Record<string, Check> = {
    ratio: (op, _name, ratio) => {
      requireRatio(op, ratio, rank);
    },
    // `outputSizes` compares it with the image.
    outputSize: (op, name, size) => {
      const isNumber = (one: unknown) => typeof one === 'number';
      const isSize = isNumber(size) || (Array.isArray(size) && size.every(isNumber));
      if (!isSize) refuse(op, name, 'be integers >= 1', size);
    },
    overlapping: requireBoolean,
    pseudoRandom: requireBoolean,
    seed: requireInteger,
    ...(rank === 1 ? {} : { dataFormat: checkDataFormat }),
  };
  return checks as Checks<FractionalDrawOptions<R>>;
}

/** The check of one list of boundaries for each axis. `poolFractions` checks their values. */
function checkBoundaries(rank: SpatialRank): Check {
  return (op, name, value) => {
    requireList(op, name, value, rank);
    (value as unknown[]).forEach((list, axis) => {
      requireArray(op, `${name}[${axis}]`, list);
    });
  };
}
