import { ConfigError, describe } from '@ds/checks';
import { plainClassName } from '@ds/graph';
import type { layers } from '@tensorflow/tfjs-layers';
import type { GraphBuilder } from './graph-builder.js';
import type { Constant, Value } from './neutral-graph.js';

/** The constants of each layer of a graph. A layer that is applied twice has them once. */
export type LayerConstants = Map<layers.Layer, Map<string, Constant>>;

/** One application of a layer in a model, as a converter sees it. */
export class LayerApplication {
  /** The layer's options, as `getConfig` returns them. */
  readonly config: Record<string, unknown>;

  constructor(
    /** The function that the user called. Errors begin with it. */
    readonly fn: string,
    readonly layer: layers.Layer,
    /** The layer's name, after the names of the models around it. */
    readonly path: string,
    readonly inputs: Value[],
    /** Adds operations to the graph. */
    readonly graph: GraphBuilder,
    private readonly constants: LayerConstants,
  ) {
    this.config = layer.getConfig() as Record<string, unknown>;
  }

  /** The first input. */
  get x(): Value {
    return this.inputs[0]!;
  }

  /** Whether the layer has a weight of this name, such as `'bias'`. */
  hasWeight(name: string): boolean {
    return this.layer.weights.some(({ originalName }) => lastPart(originalName) === name);
  }

  /** The weight of this name, such as `'kernel'`, or `null` if the layer has none. */
  optionalWeight(name: string): Constant | null {
    return this.hasWeight(name) ? this.weight(name) : null;
  }

  /**
   * The weight of this name, such as `'kernel'`.
   *
   * @throws ConfigError if the layer has no such weight.
   */
  weight(name: string): Constant {
    return this.constant(name, () => {
      const found = this.layer.weights.find(({ originalName }) => lastPart(originalName) === name);
      if (!found) {
        const names = this.layer.weights.map(({ originalName }) => lastPart(originalName));
        return this.refuse(`have a weight '${name}'`, names);
      }
      const weight = found.read();
      return { shape: weight.shape.slice(), values: weight.dataSync<'float32'>() };
    });
  }

  /** A constant that is made once for all applications of the layer. */
  constant(name: string, make: () => { shape: number[]; values: ArrayLike<number> }): Constant {
    const own = this.constants.get(this.layer) ?? new Map<string, Constant>();
    this.constants.set(this.layer, own);
    const known = own.get(name);
    if (known) return known;
    const { shape, values } = make();
    const made = this.graph.constant(name, shape, values);
    own.set(name, made);
    return made;
  }

  /**
   * Refuses the layer: `toOnnx: layer 'pool' (FlcPool) must have no modulus, got true`.
   *
   * @param rule the rule, without the word "must".
   * @throws ConfigError always.
   */
  refuse(rule: string, value: unknown, remedy = ''): never {
    const className = plainClassName(this.layer);
    const more = remedy && `; ${remedy}`;
    throw new ConfigError(
      `${this.fn}: layer '${this.path}' (${className}) must ${rule}, got ${describe(value)}${more}`,
    );
  }
}

/** `kernel` of `stem.conv/kernel`. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
