import {
  applyInOneModel,
  type GraphNode,
  isModel,
  nodeOf,
  nodesOf,
  type UniqueNames,
} from '@ds/graph';
import * as tfl from '@tensorflow/tfjs-layers';
import { applyTwin, copyWeights, twinOf } from './layer-twin.js';
import type { Swap } from './swap.js';
import { type DenseOp, denseConvolution, densePooling } from './swap-dense.js';
import { followsAny, poolingPosition } from './swap-nodes.js';
import type { SwapPooling } from './swap-pooling.js';

/** A pooling in the copy. */
export interface PlacedPooling {
  /** Name of the layer after which the pooling comes. */
  after: string;
  /** Name of the pooling, or `null` where it is left out at stride 1. */
  pooling: string | null;
  /** Shape of its output, without the batch axis. */
  outputShape: (number | null)[];
}

/** One graph of the copy. */
interface Graph {
  model: tfl.LayersModel;
  /** Copies of the original's tensors. */
  copied: Map<tfl.SymbolicTensor, tfl.SymbolicTensor>;
  /** The swaps whose pooling comes after an application. */
  poolings: Map<GraphNode, Swap>;
}

/** Copies a model, with a stride-1 op and a pooling in place of each swapped layer. */
export class SwappedCopy {
  private readonly twins = new Map<tfl.layers.Layer, tfl.layers.Layer>();
  private readonly nested = new Map<tfl.layers.Layer, tfl.layers.Layer>();
  private readonly activations = new Map<Swap, tfl.layers.Layer>();
  private readonly ops = new Map<Swap, DenseOp>();
  private readonly poolings = new Map<Swap[] | Swap, tfl.layers.Layer | null>();
  /** By the swapped layer. */
  readonly placed = new Map<tfl.layers.Layer, PlacedPooling>();

  constructor(
    private readonly original: tfl.LayersModel,
    private readonly swaps: Map<tfl.layers.Layer, Swap>,
    private readonly pooling: SwapPooling,
    private readonly placement: 'convolution' | 'activation',
    /** The names that are taken. Names of new layers are added. */
    private readonly names: UniqueNames,
    /** The copies of wrappers with swapped layers. */
    private readonly wrappers: Map<tfl.layers.Layer, tfl.layers.Layer>,
  ) {}

  /** Makes the copy, with all weights. */
  make(): tfl.LayersModel {
    const copy = this.copyOf(
      this.original,
      this.original.inputs.map(({ shape }) => shape),
    );
    for (const [layer, twin] of this.twins) copyWeights('swapDownsampling', layer, twin);
    return copy;
  }

  /** A copy of a model for inputs of these shapes. Unknown sizes stay unknown. */
  private copyOf(model: tfl.LayersModel, shapes: (number | null)[][]): tfl.LayersModel {
    const inputs = model.inputs.map(({ shape, dtype, sourceLayer }, at) =>
      tfl.input({
        name: sourceLayer.name,
        dtype,
        batchShape: shape.map((side, axis) => (side === shapes[at]![axis] ? side : null)),
      }),
    );
    const graph: Graph = {
      model,
      copied: new Map(model.inputs.map((input, at) => [input, inputs[at]!])),
      poolings: new Map(),
    };
    for (const node of nodesOf(model)) {
      const swap = this.swaps.get(node.outboundLayer);
      if (!swap) continue;
      const { downsampler } = swap;
      graph.poolings.set(poolingPosition(node, downsampler, this.placement, model), swap);
    }
    const outputs = model.outputs.map((output) => this.ofTensor(output, graph));
    const copy = tfl.model({ name: model.name, inputs, outputs });
    if (!model.trainable) copy.trainable = false;
    return copy;
  }

  private ofTensor(tensor: tfl.SymbolicTensor, graph: Graph): tfl.SymbolicTensor {
    const known = graph.copied.get(tensor);
    if (known) return known;
    const node = nodeOf(tensor);
    const swap = graph.poolings.get(node);
    if (swap) this.pool(node, swap, graph);
    else {
      this.ofNode(node, graph).forEach((output, at) => {
        graph.copied.set(node.outputTensors[at]!, output);
      });
    }
    return graph.copied.get(tensor)!;
  }

  /** The outputs of an application, before a pooling. */
  private ofNode(node: GraphNode, graph: Graph): tfl.SymbolicTensor[] {
    const { outboundLayer: layer } = node;
    const inputs = node.inputTensors.map((input) => this.ofTensor(input, graph));
    const swap = this.swaps.get(layer);
    if (swap) return [this.opOf(swap).apply(inputs[0]!, swap.paddings.get(node)!)];
    const twin = this.twinFor(layer, inputs);
    const outputs = applyTwin('swapDownsampling', layer, twin, inputs);
    for (const { shape } of outputs) this.requireMap(shape, layer.name);
    return outputs;
  }

  /** Whether a pooling has other strides than its layer had. */
  private get hasOtherStrides(): boolean {
    return [...this.swaps.values()].some(
      ({ strides, downsampler }) => `${strides}` !== `${downsampler.strides}`,
    );
  }

  /** Checks that a layer leaves a map. */
  private requireMap(shape: (number | null)[], layer: string): void {
    if (shape.every((side) => side === null || side > 0)) return;
    this.pooling.refuseStrides(layer, `a map of [${shape.slice(1).map((side) => side ?? '?')}]`);
  }

  /** The outputs of a pooling after a layer. */
  private pooled(
    pooling: tfl.layers.Layer,
    inputs: tfl.SymbolicTensor[],
    layer: string,
  ): tfl.SymbolicTensor[] {
    for (const { shape } of inputs) this.requireMap(shape, layer);
    try {
      const outputs = applyInOneModel(pooling, () =>
        pooling.apply(inputs.length === 1 ? inputs[0]! : inputs),
      );
      return [outputs].flat() as tfl.SymbolicTensor[];
    } catch (error) {
      if (!this.hasOtherStrides) throw error;
      return this.pooling.refuseStrides(layer, `"${(error as Error).message}"`, error);
    }
  }

  private twinFor(layer: tfl.layers.Layer, inputs: tfl.SymbolicTensor[]): tfl.layers.Layer {
    const wrapper = this.wrappers.get(layer);
    if (wrapper) return wrapper;
    // The layers of a nested model have twins of their own.
    const made = isModel(layer) ? this.nested : this.twins;
    const known = made.get(layer);
    if (known) return known;
    const twin = isModel(layer)
      ? this.copyOf(
          layer,
          inputs.map(({ shape }) => shape),
        )
      : twinOf('swapDownsampling', layer);
    made.set(layer, twin);
    return twin;
  }

  private opOf(swap: Swap): DenseOp {
    const known = this.ops.get(swap);
    if (known) return known;
    const { downsampler, paddings } = swap;
    const naming = (name: string) => this.names.free(name);
    const op =
      downsampler.kind === 'convolution'
        ? denseConvolution(downsampler, [...paddings.values()], !this.isSplit(swap), naming)
        : densePooling(downsampler, naming);
    if (op.twin) this.twins.set(downsampler.layer, op.twin);
    this.ops.set(swap, op);
    return op;
  }

  /** Whether the activation of a convolution moves after the pooling. */
  private isSplit({ downsampler }: Swap): boolean {
    const { isActivated, mixesPixels } = downsampler;
    return isActivated && (mixesPixels || this.placement === 'convolution');
  }

  /** Pools the output of an application, and those that are pooled together with it. */
  private pool(node: GraphNode, swap: Swap, graph: Graph): void {
    const together = this.together(swap, graph);
    const places = together.length > 1 ? together : ([[node, swap]] as [GraphNode, Swap][]);
    const inputs = places.map(([place]) => this.ofNode(place, graph)[0]!);
    const layer = this.poolingOf(swap);
    const outputs = layer ? this.pooled(layer, inputs, node.outboundLayer.name) : inputs;
    places.forEach(([place, one], at) => {
      const pooled = outputs[at]!;
      const original = one.downsampler.layer;
      if (!this.placed.has(original)) {
        this.placed.set(original, {
          after: place.outboundLayer.name,
          pooling: layer?.name ?? null,
          outputShape: pooled.shape.slice(1),
        });
      }
      graph.copied.set(place.outputTensors[0]!, this.activated(one, pooled));
    });
  }

  /** The applications that one pooling with a common choice pools at once, largest window first. */
  private together({ group }: Swap, graph: Graph): [GraphNode, Swap][] {
    if (!this.pooling.sharesChoice) return [];
    const places = [...graph.poolings].filter(([, swap]) => group.includes(swap));
    if (places.length !== group.length) return [];
    const nodes = places.map(([node]) => node);
    if (nodes.some((node) => followsAny(node, nodes))) return [];
    const area = ([, { downsampler }]: [GraphNode, Swap]) =>
      downsampler.window[0] * downsampler.window[1];
    return places.sort((a, b) => area(b) - area(a));
  }

  private poolingOf(swap: Swap): tfl.layers.Layer | null {
    const key = this.pooling.isShared ? swap.group : swap;
    const known = this.poolings.get(key);
    if (known !== undefined) return known;
    const { strides, downsampler } = swap;
    const isAbsent = this.pooling.isAbsentAtStrideOne && strides.every((stride) => stride === 1);
    const smoothness = this.pooling.isShared
      ? swap.group.map((one) => one.smoothness).reduce(smaller)
      : swap.smoothness;
    const made = isAbsent
      ? null
      : this.pooling.make({
          name: this.names.free(`${downsampler.layer.name}.pool`),
          strides,
          dataFormat: downsampler.dataFormat,
          smoothness,
        });
    this.poolings.set(key, made);
    return made;
  }

  /** Applies the activation that was split off a convolution. */
  private activated(swap: Swap, x: tfl.SymbolicTensor): tfl.SymbolicTensor {
    if (!this.isSplit(swap)) return x;
    const { layer } = swap.downsampler;
    const known = this.activations.get(swap);
    const activation =
      known ??
      tfl.layers.activation({
        name: this.names.free(`${layer.name}.activation`),
        activation: layer.getConfig().activation as 'relu',
      });
    this.activations.set(swap, activation);
    return applyInOneModel(activation, () => activation.apply(x) as tfl.SymbolicTensor);
  }
}

function smaller(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
