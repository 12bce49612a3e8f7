import {
  type Checks,
  ConfigError,
  refuse,
  requireArray,
  requireModel,
  requirePositive,
  requireTensor,
  requireThreshold,
} from '@ds/checks';
import {
  disposeByGraph,
  type HostCopy,
  type PoolingLayer,
  plainName,
  registerLayer,
} from '@ds/graph';
import {
  add,
  mul,
  reshape,
  type Scalar,
  serialization,
  slice,
  type Tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isOfClass } from './class-name.js';
import {
  agree,
  type LayerArgs,
  layerInput,
  requireConfig,
  type Shape,
  written,
} from './layer-input.js';
import { type LearnedSize, LearnedSizes } from './learned-sizes.js';

/** Configuration of {@link MaskedDepth}. */
export interface MaskedDepthConfig extends LayerArgs {
  /** The residual branches, in order. Each keeps the shape of its input. */
  blocks: tfl.LayersModel[];
  /** Initial number of blocks, which may be a fraction. Default all. */
  initialDepth?: number;
  /** Smallest number of blocks. Default 1. */
  minDepth?: number;
  /** τ of the mask, in blocks. Default a sixteenth of all. */
  temperature?: number;
  /** T in (0, 1): masks below this value are cut. Default 0.1. */
  threshold?: number;
}

const CHECKS: Checks<Omit<MaskedDepthConfig, keyof LayerArgs>> = {
  blocks: (op, name, value) => {
    requireArray(op, name, value);
    if ((value as unknown[]).length === 0) refuse(op, name, 'hold at least one model', value);
    for (const [at, block] of (value as unknown[]).entries()) {
      requireModel(op, `${name}[${at}]`, block);
    }
  },
  initialDepth: requirePositive,
  minDepth: requirePositive,
  temperature: requirePositive,
  threshold: requireThreshold,
};

/**
 * Residual blocks whose number is learned, as in DNArch (Romero & Zeghidour 2023):
 *
 *     x_{i+1} = x_i + m(i) · f_i(x_i),   i = 0 … N − 1
 *
 * m is a `sigmoidMask` over the N blocks f_i. Blocks with mask 0 do not run, and return when the
 * depth grows. Their weights get no gradient. Weight decay and momentum still move them.
 *
 * A block may be repeated. Its weights are then shared, and listed, trained and saved once.
 *
 * The losses of the layer are those of the blocks that run, each block once.
 *
 * The trainable weight `sizes` holds the depth as a share of N, in [minDepth/N, 1]. It has a
 * gradient through the mask and through `budgetLoss` of `@ds/models`.
 *
 * Shapes: that of the blocks' inputs, unchanged.
 *
 * @throws ConfigError on a bad configuration, a block that changes the shape of its input, or an
 *   input that a block does not take.
 */
export class MaskedDepth extends tfl.layers.Layer implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>MaskedDepth';
  /** The residual branches. `layersOf` of `@ds/graph` finds their layers here. */
  readonly blocks: tfl.LayersModel[];
  private readonly options: Required<Omit<MaskedDepthConfig, keyof LayerArgs | 'blocks'>>;
  private readonly learned: LearnedSizes;

  constructor(config: MaskedDepthConfig) {
    requireConfig<Omit<MaskedDepthConfig, keyof LayerArgs>>('MaskedDepth', config, CHECKS);
    CHECKS.blocks('MaskedDepth', 'blocks', config.blocks);
    // tfjs would store the models a second time.
    const { blocks, ...rest } = config;
    super(rest);
    this.name = config.name ?? plainName(this);
    this.blocks = [...blocks];
    const length = blocks.length;
    const { initialDepth = length, minDepth = 1, threshold = 0.1 } = config;
    const temperature = config.temperature ?? length / 16;
    if (minDepth < 1 || minDepth > length) {
      refuse('MaskedDepth', 'minDepth', `be in 1 … ${length}, the number of blocks`, minDepth);
    }
    if (initialDepth > length || initialDepth < minDepth) {
      refuse('MaskedDepth', 'initialDepth', `be in ${minDepth} … ${length}`, initialDepth);
    }
    this.options = { initialDepth, minDepth, temperature, threshold };
    this.learned = new LearnedSizes('MaskedDepth', [
      {
        length,
        initial: initialDepth,
        smallest: minDepth,
        form: 'sigmoid',
        threshold,
        temperature,
      },
    ]);
  }

  override build(inputShape: Shape | Shape[]): void {
    for (const { name, inputs, outputs } of this.blocks) {
      const [from, to] = [inputs[0]!.shape, outputs[0]!.shape];
      const isSingle = inputs.length === 1 && outputs.length === 1;
      requireKept('blocks', name, from, to, isSingle);
    }
    this.learned.build((name, shape, initial) => this.addWeight(name, shape, 'float32', initial));
    super.build(inputShape);
  }

  /** The depth's share, or `null` until the layer is built. */
  get sizeVariable(): Variable | null {
    return this.learned.variable;
  }

  /** The host's copy of the share. It decides which blocks run. */
  get hostCopy(): HostCopy {
    return this.learned.hostCopy;
  }

  /** The current depth, a real number of blocks. */
  get depth(): number {
    return this.learned.present()[0]!;
  }

  /** The number of blocks that run. */
  get keptDepth(): number {
    return this.learned.kept(0, this.depth)[1];
  }

  /**
   * The depth for a penalty, as numbers by the host's copy, and as a scalar that is differentiable
   * in the layer's weight. The caller disposes of the scalar.
   */
  learnedDepth(): LearnedSize {
    const [value] = this.learned.known() as [number];
    return { kept: this.learned.kept(0, value)[1], value, size: this.learned.size(0) };
  }

  /** The factors m(i) of the blocks that run. Reads them on the host. */
  factors(): number[] {
    return tidy(() => [...this.learned.mask(0, [0, this.keptDepth]).dataSync()]);
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tidy(() => {
      let x: Tensor = layerInput('MaskedDepth', inputs);
      requireTensor('MaskedDepth', 'x', x);
      this.requireInput(x.shape);
      const [, kept] = this.learned.kept(0, this.learned.known()[0]!);
      const mask = this.learned.mask(0, [0, kept]);
      for (const [at, block] of this.blocks.slice(0, kept).entries()) {
        const branch = [block.call(x, kwargs)].flat()[0]!;
        requireKept(`blocks[${at}]`, block.name, x.shape, branch.shape);
        x = add(x, mul(branch, reshape(slice(mask, [at], [1]), [])));
      }
      return x;
    });
  }

  /** With the losses of the blocks that run, such as those of their regularizers. */
  override calculateLosses(): Scalar[] {
    const [, kept] = this.learned.kept(0, this.learned.known()[0]!);
    const blocks = new Set(this.blocks.slice(0, kept));
    return [...super.calculateLosses(), ...[...blocks].flatMap((block) => block.calculateLosses())];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
    this.requireInput(shape);
    return shape;
  }

  /** Checks that all blocks take an input of this shape. */
  private requireInput(shape: Shape): void {
    for (const [at, { inputs }] of this.blocks.entries()) {
      const taken = inputs[0]!.shape;
      if (agree(shape, taken)) continue;
      throw new ConfigError(
        `MaskedDepth: layer '${this.name}': the input must have the shape ${written(taken)} of ` +
          `blocks[${at}], got ${written(shape)}`,
      );
    }
  }

  override get trainableWeights(): tfl.LayerVariable[] {
    const inner = (this.blocks ?? []).flatMap((block) => block.trainableWeights);
    return this.trainable ? once([...super.trainableWeights, ...inner]) : [];
  }

  override set trainableWeights(weights: tfl.LayerVariable[]) {
    super.trainableWeights = weights;
  }

  override get nonTrainableWeights(): tfl.LayerVariable[] {
    const blocks = this.blocks ?? [];
    const inner = this.trainable
      ? blocks.flatMap((block) => block.nonTrainableWeights)
      : blocks.flatMap((block) => block.weights);
    return once([...super.nonTrainableWeights, ...inner]);
  }

  override set nonTrainableWeights(weights: tfl.LayerVariable[]) {
    super.nonTrainableWeights = weights;
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return disposeByGraph(this, () => super.dispose());
  }

  override getConfig(): serialization.ConfigDict {
    return {
      ...super.getConfig(),
      ...this.options,
      blocks: this.blocks.map((block, at): serialization.ConfigDict => {
        const first = this.blocks.indexOf(block);
        if (first < at) return { repeats: first };
        return { className: block.getClassName(), config: block.getConfig() };
      }),
    };
  }

  /** @nocollapse */
  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const blocks: serialization.Serializable[] = [];
    for (const block of config.blocks as unknown as SavedBlock[]) {
      if ('repeats' in block) {
        blocks.push(blocks[block.repeats]!);
        continue;
      }
      const known = serialization.SerializationMap.getMap().classNameMap[block.className];
      if (!known) {
        throw new ConfigError(
          `MaskedDepth: blocks must have registered classes, got '${block.className}'; import the ` +
            'module of that class, which calls tf.serialization.registerClass',
        );
      }
      const [blockClass, make] = known;
      blocks.push(make(blockClass, block.config));
    }
    return new cls({ ...config, blocks });
  }
}
registerLayer(MaskedDepth, 'MaskedDepth');

/** A block in a saved configuration, or the index of the earlier block that it repeats. */
type SavedBlock = { className: string; config: serialization.ConfigDict } | { repeats: number };

/** Lists each weight once. A block may be repeated, and blocks may share layers. */
function once(weights: tfl.LayerVariable[]): tfl.LayerVariable[] {
  return [...new Set(weights)];
}

/** @throws ConfigError if a block changes the shape of its input. */
function requireKept(at: string, name: string, from: Shape, to: Shape, isSingle = true): void {
  if (isSingle && `${from}` === `${to}`) return;
  throw new ConfigError(
    `MaskedDepth: ${at} must keep the shape of one input, got ${name} from [${from}] to [${to}]`,
  );
}

/** Whether a value is a {@link MaskedDepth}, also one of another copy of this package. */
export function isMaskedDepth(layer: unknown): layer is MaskedDepth {
  return isOfClass(layer, [MaskedDepth.className]);
}
