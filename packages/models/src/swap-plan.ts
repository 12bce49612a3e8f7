import { evaluateGraph, type GraphNode, isModel } from '@ds/graph';
import type * as tfl from '@tensorflow/tfjs-layers';
import { axisPadding, stridedSize, wouldShift } from './strided-grid.js';
import type { Swap } from './swap.js';
import type { Paddings } from './swap-dense.js';
import type { Downsampler } from './swap-downsamplers.js';
import { type Grid, gridOf, haveEqualProbes, isFree, swapsOf, through } from './swap-grid.js';
import type { SwapPooling } from './swap-pooling.js';
import { outputShapeOf, type Sides, sidesIn, withSides } from './swap-shapes.js';

/** The layers to swap, and why others are left. */
export interface SwapPlan {
  swaps: Map<tfl.layers.Layer, Swap>;
  left: Map<tfl.layers.Layer, string>;
}

/** Layers that cannot be swapped. */
class Unfit extends Error {
  constructor(
    readonly swaps: Swap[],
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * Decides which layers a pooling can replace. A layer is left if a later layer needs the size of
 * its output, or joins the output with a map whose size may differ.
 *
 * @param strides the strides of the pooling at each layer.
 * @param isWrapped whether a `TimeDistributed` needs outputs of a fixed size.
 */
export function planSwaps(
  model: tfl.LayersModel,
  downsamplers: Downsampler[],
  pooling: SwapPooling,
  strides: Map<tfl.layers.Layer, [number, number]>,
  isWrapped: boolean,
): SwapPlan {
  const left = new Map<tfl.layers.Layer, string>();
  for (;;) {
    const chosen = downsamplers.filter(({ layer }) => !left.has(layer));
    const sizes = new Sizes(chosen, pooling, strides);
    try {
      sizes.of(model, isWrapped);
      return { swaps: sizes.swaps, left };
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      for (const { downsampler } of error.swaps) left.set(downsampler.layer, error.reason);
    }
  }
}

/** Layers that join maps of one size. */
const JOINS = new Set('Add Subtract Multiply Average Maximum Minimum Concatenate'.split(' '));

/** Layers that need the size of a map, or change its axes. */
const FIXED = new Set('Permute Reshape Cropping2D TimeDistributed Bidirectional Dot'.split(' '));

/** Follows the sizes of maps through a model whose layers are swapped. */
class Sizes {
  readonly swaps = new Map<tfl.layers.Layer, Swap>();
  private readonly dataFormat: Downsampler['dataFormat'];

  constructor(
    downsamplers: Downsampler[],
    private readonly pooling: SwapPooling,
    strides: Map<tfl.layers.Layer, [number, number]>,
  ) {
    for (const downsampler of downsamplers) {
      const swap: Swap = {
        downsampler,
        strides: strides.get(downsampler.layer)!,
        smoothness: smoothnessFor(downsampler, strides.get(downsampler.layer)!),
        isFree: false,
        group: [],
        paddings: new Map(),
      };
      swap.group = [swap];
      this.swaps.set(downsampler.layer, swap);
    }
    this.dataFormat = downsamplers[0]?.dataFormat ?? 'channelsLast';
  }

  /** @throws Unfit if an output must have a fixed size, and may have another one. */
  of(model: tfl.LayersModel, isFixed: boolean): void {
    const outputs = this.ofGraph(
      model,
      model.inputs.map((input) => this.inputGrid(input)),
    );
    const free = outputs.filter((one): one is Grid => one !== null && isFree(one));
    if (isFixed && free.length > 0) {
      throw new Unfit(swapsOf(...free), 'its TimeDistributed needs outputs of a fixed size');
    }
  }

  private inputGrid({ rank, shape, name }: tfl.SymbolicTensor): Grid | null {
    if (rank !== 4) return null;
    const sides = sidesIn(shape, this.dataFormat);
    return gridOf(isKnown(sides) ? { kind: 'known', sides } : { kind: 'unknown', name });
  }

  private ofGraph(model: tfl.LayersModel, inputs: (Grid | null)[]): (Grid | null)[] {
    return evaluateGraph(model, inputs, (node, gridAt) =>
      this.ofNode(node, node.inputTensors.map(gridAt)),
    );
  }

  private ofNode(node: GraphNode, inputs: (Grid | null)[]): (Grid | null)[] {
    const { outboundLayer: layer } = node;
    if (isModel(layer)) return this.ofGraph(layer, inputs);
    const swap = this.swaps.get(layer);
    if (swap && inputs[0]) return [this.pooled(swap, node, inputs[0])];
    return node.outputTensors.map((output) => this.ordinary(node, output, inputs));
  }

  /** The size after a layer that stays, or after a swap that keeps all sizes. */
  private ordinary(
    { outboundLayer: layer, inputTensors }: GraphNode,
    output: tfl.SymbolicTensor,
    inputs: (Grid | null)[],
  ): Grid | null {
    const grid = JOINS.has(layer.getClassName())
      ? this.joined(layer, inputTensors, inputs)
      : (inputs.find((one) => one !== null) ?? null);
    if (!grid) return this.inputGrid(output);
    const free = inputs.filter((one) => one !== null && isFree(one)) as Grid[];
    if (JOINS.has(layer.getClassName())) return grid;
    const image = inputTensors.find(({ rank }) => rank === 4)!;
    const after = (sides: Sides) =>
      outputShapeOf(layer, withSides(image.shape, sides, this.dataFormat));
    if (free.length > 0 && needsSize(layer, grid.probes.map(after), this.dataFormat)) {
      throw new Unfit(swapsOf(...free), `'${layer.name}' needs a fixed size`);
    }
    if (output.rank !== 4) return null;
    const sides = sidesIn(output.shape, this.dataFormat);
    if (grid.root.kind === 'known' && isKnown(sides)) return gridOf({ kind: 'known', sides });
    const next = through(grid, (one) => {
      const shape = after(one);
      const [height, width] = shape ? sidesIn(shape, this.dataFormat) : [null, null];
      return height === null || width === null ? null : [height, width];
    });
    return next ?? this.inputGrid(output);
  }

  /** The size of maps that a layer joins. A map of 1×1 is broadcast. */
  private joined(
    layer: tfl.layers.Layer,
    tensors: tfl.SymbolicTensor[],
    inputs: (Grid | null)[],
  ): Grid | null {
    const isPixel = (grid: Grid) => grid.root.kind === 'known' && `${grid.root.sides}` === '1,1';
    const grids = inputs.filter((one): one is Grid => one !== null);
    const maps = grids.filter((grid) => !isPixel(grid));
    const [first, ...others] = maps;
    if (!first) return grids[0] ?? null;
    const free = swapsOf(...maps);
    const channels = this.dataFormat === 'channelsFirst' ? 1 : 3;
    const { axis } = layer.getConfig() as { axis?: number };
    if (free.length > 0 && axis !== undefined && (axis + 4) % 4 !== channels) {
      throw new Unfit(free, `'${layer.name}' joins maps side by side`);
    }
    const areAlike = others.every((other) => this.unify(first, other));
    if (!areAlike && free.length > 0) {
      throw new Unfit(free, `'${layer.name}' joins it with a map whose size may differ`);
    }
    if (areAlike) return first;
    const sides = sidesIn(tensors.find(({ rank }) => rank === 4)!.shape, this.dataFormat);
    return isKnown(sides) ? gridOf({ kind: 'known', sides }) : first;
  }

  /** Makes two sizes equal, if one pooling can do so. Returns whether they are equal. */
  private unify(a: Grid, b: Grid): boolean {
    const [one, other] = [a.root, b.root];
    if (!haveEqualProbes(a, b)) return false;
    if (one.kind === 'known') return other.kind === 'known' && `${one.sides}` === `${other.sides}`;
    if (one.kind === 'unknown') return other.kind === 'unknown' && one.name === other.name;
    if (other.kind !== 'pooled') return false;
    if (one.swap.group === other.swap.group) return this.unify(one.of, other.of);
    const [{ within }, { within: around }] = [one.swap.downsampler, other.swap.downsampler];
    const isOneGraph =
      within.length === around.length && within.every((model, at) => model === around[at]);
    const isOneChoice = `${one.swap.strides}` === `${other.swap.strides}`;
    if (!isOneGraph || !isOneChoice || !this.unify(one.of, other.of)) return false;
    const [channels, others] = [one, other].map(({ swap }) => channelsOf(swap.downsampler));
    if (this.pooling.weighsChannels && channels !== others) {
      throw new Unfit(
        [...one.swap.group, ...other.swap.group],
        `${this.pooling.name} makes one choice for joined maps, ` +
          `which here have ${channels} and ${others} channels`,
      );
    }
    for (const swap of [...other.swap.group]) {
      one.swap.group.push(swap);
      swap.group = one.swap.group;
    }
    return true;
  }

  /** The size after a swapped layer. Sets its padding at this application. */
  private pooled(swap: Swap, node: GraphNode, input: Grid): Grid | null {
    const { downsampler, strides } = swap;
    const { dataFormat, window } = downsampler;
    const channelsAt = ({ outputTensors }: GraphNode) =>
      outputTensors[0]!.shape.at(dataFormat === 'channelsFirst' ? 1 : -1);
    const { shape } = node.inputTensors[0]!;
    const given = sidesIn(shape, dataFormat);
    const sides: [number | null, number | null] = isFree(input) ? [null, null] : given;
    const axes = sides.map((size, axis) => ({
      size,
      window: window[axis]!,
      stride: downsampler.strides[axis]!,
    }));
    if (axes.some((axis) => wouldShift(axis, downsampler, this.pooling.isLearned))) {
      throw new Unfit([swap], 'its means would shift by a pixel in maps of unknown size');
    }
    const paddingsFor = (isMultiple: boolean) =>
      axes.map((axis) => axisPadding(axis, downsampler, isMultiple)) as Paddings;
    const denseSides = (paddings: Paddings, from: Sides): Sides =>
      from.map(
        (size, axis) => size + paddings[axis]!.before + paddings[axis]!.after - window[axis]! + 1,
      ) as Sides;
    const isFirst = swap.paddings.size === 0;
    const [other] = swap.paddings.keys();
    if (other && this.pooling.weighsChannels && channelsAt(other) !== channelsAt(node)) {
      throw new Unfit(
        [swap],
        `${this.pooling.name} has weights for its channels, and it is applied to maps of ` +
          `${channelsAt(other)} and ${channelsAt(node)}`,
      );
    }
    const settle = (paddings: Paddings, freedom: boolean) => {
      if (!isFirst && swap.isFree !== freedom) {
        throw new Unfit([swap], 'it is applied at several places, some of unknown size');
      }
      swap.isFree = freedom;
      swap.paddings.set(node, paddings);
    };
    const pooledOutput = (paddings: Paddings): Grid => {
      const of = isKnown(sides)
        ? gridOf({ kind: 'known', sides: denseSides(paddings, sides) })
        : { ...input, probes: input.probes.map((one) => denseSides(paddings, one)) };
      return gridOf({ kind: 'pooled', swap, of });
    };
    const isOwn = `${strides}` === `${downsampler.strides}`;
    if (this.pooling.isLearned || !isOwn) {
      const paddings = paddingsFor(this.pooling.isLearned);
      settle(paddings, true);
      if (isKnown(sides)) this.requirePooled(swap, denseSides(paddings, sides), shape);
      return pooledOutput(paddings);
    }
    if (!isKnown(sides)) {
      const paddings = paddingsFor(false);
      settle(paddings, !this.pooling.roundsUp);
      if (!this.pooling.roundsUp) return pooledOutput(paddings);
    } else {
      const want = sides.map((size, axis) =>
        stridedSize({ size, window: window[axis]!, stride: strides[axis]! }, downsampler.padding),
      );
      const [fit] = [false, true].map(paddingsFor).filter((paddings) => {
        const dense = withSides(shape, denseSides(paddings, sides), dataFormat);
        return `${this.pooling.sizeAfter(this.placeOf(swap), dense)}` === `${want}`;
      });
      if (!fit) {
        throw new Unfit([swap], `${this.pooling.name} cannot give its ${want.join('×')} outputs`);
      }
      settle(fit, false);
      if (this.pooling.isShared) return pooledOutput(fit);
    }
    return this.ordinary(node, node.outputTensors[0]!, [input]);
  }

  private placeOf({ strides, downsampler, smoothness }: Swap) {
    return { name: 'tried', strides, dataFormat: downsampler.dataFormat, smoothness };
  }

  /** @throws Unfit if the pooling refuses a map, or would keep its size. */
  private requirePooled(swap: Swap, dense: Sides, shape: (number | null)[]): void {
    if (this.pooling.isLearned) {
      this.requireReduction(swap, dense, shape);
      return;
    }
    const map = withSides(shape, dense, swap.downsampler.dataFormat);
    if (isKnown(this.pooling.sizeAfter(this.placeOf(swap), map))) return;
    throw new Unfit([swap], `${this.pooling.name} cannot pool its map of ${dense.join('×')}`);
  }

  /**
   * Halves a smoothness that is chosen here until the map gets smaller along its axes with a
   * stride.
   *
   * @throws Unfit if it would keep its size.
   */
  private requireReduction(swap: Swap, dense: Sides, shape: (number | null)[]): void {
    const { dataFormat, layer } = swap.downsampler;
    const map = withSides(outputShapeOf(layer, shape)!, dense, dataFormat);
    const { choosesSmoothness, name } = this.pooling;
    // At stride 1, a pooling on spectra makes an odd width even. That is no reduction.
    const full = this.pooling.sizeAfter({ ...this.placeOf(swap), strides: [1, 1] }, map);
    const isReduced = () =>
      this.pooling
        .sizeAfter(this.placeOf(swap), map)
        .every((size, axis) => swap.strides[axis] === 1 || size! < full[axis]!);
    while (!isReduced()) {
      if (!choosesSmoothness || swap.smoothness === null || swap.smoothness <= SMALLEST_RAMP) {
        throw new Unfit(
          [swap],
          `${name} would not reduce its map of ${dense.join('×')}` +
            (choosesSmoothness ? '' : '; choose a smaller smoothness'),
        );
      }
      swap.smoothness = Math.max(SMALLEST_RAMP, swap.smoothness / 2);
    }
  }
}

/** The narrowest ramp that is chosen, in bins. A narrower one gives strides hardly any gradient. */
const SMALLEST_RAMP = 0.25;

/** The ramp for maps of unknown size, in bins. It reduces maps of 8 pixels at stride 2. */
const UNKNOWN_RAMP = 1;

/** The channels of the map that a layer reduces, after its sums. */
function channelsOf({ layer, dataFormat }: Downsampler): number | null {
  const { shape } = layer.inboundNodes[0]!.outputTensors[0]!;
  return shape.at(dataFormat === 'channelsFirst' ? 1 : -1)!;
}

function isKnown(sides: (number | null)[]): sides is Sides {
  return sides.every((side) => side !== null);
}

/** Whether a layer needs maps of one size. `outputs` are its output shapes at several sizes. */
function needsSize(
  layer: tfl.layers.Layer,
  outputs: ((number | null)[] | null)[],
  dataFormat: Downsampler['dataFormat'],
): boolean {
  const className = layer.getClassName();
  if (FIXED.has(className) || outputs.some((shape) => shape === null)) return true;
  if (outputs.some((shape) => shape!.length !== 4)) return new Set(outputs.map(String)).size > 1;
  const { axis, sharedAxes } = layer.getConfig() as {
    axis?: number | number[];
    sharedAxes?: unknown;
  };
  const channels = dataFormat === 'channelsFirst' ? 1 : 3;
  if (className === 'Dense') return channels !== 3;
  if (className === 'PReLU') {
    return [1, 2, 3].some(
      (one) => one !== channels && !([sharedAxes].flat() as unknown[]).includes(one),
    );
  }
  const isNorm = className === 'BatchNormalization' || className === 'LayerNormalization';
  return isNorm && [axis ?? -1].flat().some((one) => (one + 4) % 4 !== channels);
}

/**
 * The width R of the ramp for the smallest map of a layer, or `null` for strides of 1. At strides
 * S, a map of n pixels keeps about n/S + 2R of them. R takes at most half of the pixels that the
 * stride removes, so 2R ≤ (n − n/S)/2, in steps of 0.5 up to 4, the paper's.
 */
function smoothnessFor(
  { layer, dataFormat }: Downsampler,
  strides: [number, number],
): number | null {
  if (strides.every((stride) => stride === 1)) return null;
  const widths = layer.inboundNodes.flatMap(({ inputTensors }) =>
    sidesIn(inputTensors[0]!.shape, dataFormat).flatMap((size, axis) =>
      size === null || strides[axis] === 1 ? [] : [(size - size / strides[axis]!) / 4],
    ),
  );
  if (widths.length === 0) return UNKNOWN_RAMP;
  return Math.min(4, Math.max(0.5, Math.floor(2 * Math.min(...widths)) / 2));
}
