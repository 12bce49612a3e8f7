import { ConfigError } from '@ds/checks';
import { evaluateGraph, hasMember, isModel, UniqueNames } from '@ds/graph';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { converterOf } from '../converters/registry.js';
import { GraphBuilder } from './graph-builder.js';
import { LayerApplication, type LayerConstants } from './layer-application.js';
import type { NeutralGraph, Value } from './neutral-graph.js';

/**
 * Lists the operations of a model at inference, with its present weights.
 *
 * Nested models become part of the graph. The layer inside `TimeDistributed` takes all time steps
 * as one batch. A layer that is applied several times has one set of constants.
 *
 * @param fn the function that the user called.
 * @param inputShapes the shapes of the inputs, without the batch axis.
 * @throws ConfigError if a layer has no converter, its converter refuses it, or its input is too
 *   small for it.
 */
export function convertModel(
  fn: string,
  model: LayersModel,
  inputShapes: number[][],
): NeutralGraph {
  const graph = new GraphBuilder();
  const inputs = model.inputs.map(({ sourceLayer }, at) =>
    graph.input(sourceLayer.name, [-1, ...inputShapes[at]!]),
  );
  const values = new Conversion(fn, graph).ofModel(model, inputs, '');
  const names = outputNames(model);
  return {
    name: model.name,
    inputs,
    steps: graph.steps,
    outputs: values.map((value, at) => ({ name: names[at]!, value })),
  };
}

/** A name for each output: that of its layer, with a number if the layer has several. */
function outputNames(model: LayersModel): string[] {
  const names = new UniqueNames('_');
  return model.outputs.map(({ sourceLayer }) => names.free(sourceLayer.name));
}

/** The walk through a model. */
class Conversion {
  private readonly constants: LayerConstants = new Map();

  constructor(
    private readonly fn: string,
    private readonly graph: GraphBuilder,
  ) {}

  /** The outputs of a model for these inputs. Paths of its layers begin with `prefix`. */
  ofModel(model: LayersModel, inputs: Value[], prefix: string): Value[] {
    return evaluateGraph(model, inputs, ({ outboundLayer, inputTensors }, outputOf) =>
      this.ofLayer(outboundLayer, inputTensors.map(outputOf), prefix),
    );
  }

  private ofLayer(layer: layers.Layer, inputs: Value[], prefix: string): Value[] {
    const path = `${prefix}${layer.name}`;
    if (isModel(layer)) return this.ofModel(layer, inputs, `${path}/`);
    if (layer.getClassName() === 'TimeDistributed')
      return [this.ofEachStep(layer, inputs[0]!, path)];
    const converter = converterOf(layer);
    if (!converter) {
      const className = layer.getClassName();
      // Stock layers with converters compute a pooling by matrices, and over windows of one axis.
      const isFreezable = hasMember(layer, 'axisMatrices') || OVER_WINDOWS.test(className);
      const remedy = isFreezable
        ? 'freeze it first, with freezeStrides of @ds/models'
        : `add one with registerConverter('${className}', …)`;
      throw new ConfigError(
        `${this.fn}: layer '${path}' must be of a class with a converter, got ${className}; ${remedy}`,
      );
    }
    this.graph.scope = path;
    const application = new LayerApplication(
      this.fn,
      layer,
      path,
      inputs,
      this.graph,
      this.constants,
    );
    const outputs: unknown[] = [converter(application)].flat();
    requireValues(application, outputs);
    for (const { shape } of outputs) {
      // The batch is the first axis, and may have any size.
      const isMap = shape.slice(1).every((size) => size > 0);
      if (!isMap)
        application.refuse('get an input that is large enough', inputs[0]!.shape.slice(1));
    }
    return outputs;
  }

  /** The output of a `TimeDistributed`, whose layer takes `[N · T, …]` instead of `[N, T, …]`. */
  private ofEachStep(wrapper: layers.Layer, x: Value, path: string): Value {
    const { layer } = wrapper as unknown as { layer: layers.Layer };
    const [, steps, ...sides] = x.shape as [number, number, ...number[]];
    this.graph.scope = path;
    const [y] = this.ofLayer(layer, [this.graph.reshape(x, sides)], `${path}/`);
    this.graph.scope = path;
    return this.graph.reshape(y!, [steps, ...y!.shape.slice(1)]);
  }
}

/** @throws ConfigError if a converter returns something else than values of the graph. */
function requireValues(
  application: LayerApplication,
  outputs: unknown[],
): asserts outputs is Value[] {
  for (const output of outputs) {
    const isValue = typeof output === 'object' && output !== null && 'shape' in output;
    if (!isValue) application.refuse('have a converter that returns values of the graph', output);
  }
}

/** Poolings over windows or regions whose stock layers all have converters. */
const OVER_WINDOWS = /^ds>((MaxBlur|AvgBlur|FractionalMax)Pool1D|FractionalAvgPool[13]D)$/;
