import {
  type Checks,
  ConfigError,
  describe,
  LARGEST_SIZE,
  requireBoolean,
  requireModel,
  requireOptions,
} from '@ds/checks';
import { inputShapesOf } from '@ds/graph';
import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { convertModel } from '../graph/convert-model.js';
import type { Value } from '../graph/neutral-graph.js';
import { GraphDef } from './graph-def.js';
import { shapeDef } from './node-def.js';
import { writeStep } from './write-step.js';

/** Options of {@link toGraphModel}. */
export interface GraphModelOptions {
  /**
   * Whether the weights hold float16 kernels and matrices, which halves their size. Default false.
   * tfjs converts them to float32 when it loads them.
   */
  float16?: boolean;
  /**
   * The shapes of the inputs without the batch axis, for a model that leaves sizes open: one shape,
   * or a list with one shape per input.
   */
  inputShape?: number[] | number[][];
}

const GRAPH_MODEL_CHECKS: Checks<GraphModelOptions> = {
  float16: requireBoolean,
  inputShape: () => {},
};

/**
 * Writes a model at inference as a tfjs graph model, which `tf.loadGraphModel` loads without this
 * project: `tf.loadGraphModel(tf.io.fromMemory(toGraphModel(model)))`.
 *
 * Inputs and outputs have the names of their layers. If the name of an output is taken, a number is
 * added to it, as in a model that returns its input. The batch may have any size. Images are NHWC.
 * Linear poolings are one matrix product per axis, `rows · x · columnsᵀ`, at the present strides.
 * With `float16`, the arrays of rank ≥ 2 are float16.
 *
 * @throws ConfigError if model is not a model of tf.layers, an option is wrong, the model leaves a
 *   size open, several inputs or outputs have names that are whole numbers in another order, or a
 *   layer has no converter or one that refuses it. The error names the layer.
 */
export function toGraphModel(
  model: LayersModel,
  options: GraphModelOptions = {},
): io.ModelArtifacts {
  requireModel('toGraphModel', 'model', model);
  requireOptions('toGraphModel', 'options', options, GRAPH_MODEL_CHECKS);
  const shapes = inputShapesOf('toGraphModel', model, options.inputShape, LARGEST_SIZE);
  const source = convertModel('toGraphModel', model, shapes);
  const graph = new GraphDef(options.float16 ?? false);
  const inputs = source.inputs.map((value) => tensorInfo(graph.placeholder(value), value));
  const names = source.outputs.map(({ name }) => graph.reserve(name));
  for (const step of source.steps) writeStep(graph, step);
  const outputs = source.outputs.map(({ value }, at) => {
    graph.addNode('Identity', [graph.nameOf(value)], {}, names[at]!);
    return tensorInfo(names[at]!, value);
  });
  return {
    format: 'graph-model',
    generatedBy: '@ds/export',
    modelTopology: { node: graph.nodes, library: {}, versions: { producer: 1882 } },
    signature: { inputs: inOrder('inputs', inputs), outputs: inOrder('outputs', outputs) },
    weightSpecs: graph.weightSpecs,
    weightData: graph.weightData(),
  };
}

/**
 * The inputs or outputs of a signature. Their order is that of arguments and results. A JavaScript
 * object lists keys that are whole numbers first.
 *
 * @throws ConfigError if the names change the order.
 */
function inOrder<Info>(what: string, entries: (readonly [string, Info])[]): Record<string, Info> {
  const infos = Object.fromEntries(entries);
  const names = entries.map(([name]) => name);
  if (Object.keys(infos).join() === names.join()) return infos;
  throw new ConfigError(
    `toGraphModel: ${what} must have names that are not whole numbers, which a signature sorts, ` +
      `got ${describe(names)}; give their layers other names`,
  );
}

/** An entry of the signature. */
function tensorInfo(name: string, { shape }: Value) {
  return [name, { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: shapeDef(shape) }] as const;
}
