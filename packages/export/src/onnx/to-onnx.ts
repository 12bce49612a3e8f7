import { create, toBinary } from '@bufbuild/protobuf';
import {
  type Checks,
  ConfigError,
  LARGEST_SIZE,
  oneOf,
  requireBoolean,
  requireModel,
  requireOptions,
} from '@ds/checks';
import { inputShapesOf, layersOf } from '@ds/graph';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { convertModel } from '../graph/convert-model.js';
import type { NeutralGraph, Value } from '../graph/neutral-graph.js';
import { type AxisOrder, channelsFirst, ownOrder } from './axis-order.js';
import {
  TensorProto_DataType as DataType,
  TensorShapeProto_DimensionSchema as DimensionSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
  Version,
} from './onnx_pb.js';
import { OnnxGraph } from './onnx-graph.js';
import { writeStep } from './write-step.js';

/** Options of {@link toOnnx}. */
export interface OnnxOptions {
  /**
   * The axes of image inputs and outputs in the file: `'nhwc'` (default), as in tfjs, or `'nchw'`.
   */
  layout?: 'nhwc' | 'nchw';
  /**
   * Whether the file has float16 kernels and matrices, which halves its size. Default false. The
   * runtime converts them to float32 when it loads the file, and computes in float32.
   */
  float16?: boolean;
  /**
   * The shapes of the inputs without the batch axis, for a model that leaves sizes open: one shape,
   * or a list with one shape per input.
   */
  inputShape?: number[] | number[][];
}

const ONNX_CHECKS: Checks<OnnxOptions> = {
  layout: oneOf('nhwc', 'nchw'),
  float16: requireBoolean,
  inputShape: () => {},
};

/** The version of the operators. All runtimes since 2022 have it. */
const OPSET = 17n;

/**
 * Writes a model at inference as an ONNX file (opset 17).
 *
 * Inputs and outputs have the names of their layers: `model.inputs[0].sourceLayer.name`. If the
 * name of an output is taken, a number is added to it, as in a model that returns its input. All
 * are float32, and the batch may have any size. Inside, images are NCHW: an NHWC input is
 * transposed once. Padding is explicit. Linear poolings are one matrix product per axis,
 * `rows · x · columnsᵀ`, at the present strides. Blurs are depthwise convolutions. Poolings that
 * depend on the data choose with `ArgMax` (`aps`, `lps`) or weight with `Softmax` (`tips`).
 * Fractional pooling has the fixed regions of inference.
 *
 * With `float16`, the arrays of rank ≥ 2 are float16 in the file, each followed by a `Cast` to
 * float32. Few runtimes compute in float16 on a CPU, and all of them can cast constants while they
 * load. Biases and statistics stay float32.
 *
 * @throws ConfigError if model is not a model of tf.layers, an option is wrong, `layout` is
 *   `'nchw'` for a model with channels first, a layer's input is too small for it, the model leaves
 *   a size open, or a layer has no converter or one that refuses it. The error names the layer.
 */
export function toOnnx(model: LayersModel, options: OnnxOptions = {}): Uint8Array {
  requireModel('toOnnx', 'model', model);
  requireOptions('toOnnx', 'options', options, ONNX_CHECKS);
  const first = layersOf(model).find(
    ({ layer }) => layer.getConfig().dataFormat === 'channelsFirst',
  );
  if (first && options.layout === 'nchw') {
    throw new ConfigError(
      `toOnnx: layout must be left out for a model with channels first, such as '${first.path}', ` +
        "whose images are in that order already, got 'nchw'",
    );
  }
  const shapes = inputShapesOf('toOnnx', model, options.inputShape, LARGEST_SIZE);
  const graph = convertModel('toOnnx', model, shapes);
  return toBinary(
    ModelProtoSchema,
    protoOf(graph, options, first ? CHANNELS_FIRST : CHANNELS_LAST),
  );
}

function protoOf(
  source: NeutralGraph,
  { layout = 'nhwc', float16 = false }: OnnxOptions,
  axes: string[],
) {
  const graph = new OnnxGraph(float16);
  const orderOf = ({ shape }: Value): AxisOrder =>
    layout === 'nchw' && shape.length === 4 ? channelsFirst(4) : ownOrder(shape.length);
  const inputs = source.inputs.map((value) => {
    const name = graph.reserve(value.name);
    graph.store(value, name, orderOf(value));
    return described(name, value, orderOf(value), axes);
  });
  const outputs = source.outputs.map(({ name, value }) => ({ name: graph.reserve(name), value }));
  for (const step of source.steps) writeStep(graph, step);
  for (const { name, value } of outputs) {
    graph.addNode('Identity', [graph.inOrder(value, orderOf(value))], {}, name);
  }
  return create(ModelProtoSchema, {
    irVersion: BigInt(Version.IR_VERSION_2021_7_30),
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: OPSET })],
    producerName: '@ds/export',
    modelVersion: 1n,
    docString: `The tf.layers model '${source.name}' at inference.`,
    graph: create(GraphProtoSchema, {
      name: source.name,
      node: graph.nodes,
      initializer: graph.initializers,
      input: inputs,
      output: outputs.map(({ name, value }) => described(name, value, orderOf(value), axes)),
    }),
  });
}

/** The names of the axes of an image. */
const CHANNELS_LAST = ['batch', 'height', 'width', 'channels'];
const CHANNELS_FIRST = ['batch', 'channels', 'height', 'width'];

/** The description of an input or an output. */
function described(
  name: string,
  { shape }: Value,
  order: AxisOrder,
  names: string[],
): ValueInfoProto {
  const dim = order.map((axis) => {
    const size = shape[axis]!;
    return create(DimensionSchema, {
      value:
        size < 0 ? { case: 'dimParam', value: 'batch' } : { case: 'dimValue', value: BigInt(size) },
    });
  });
  const axes = order.map((axis) => names[axis]).join(', ');
  return create(ValueInfoProtoSchema, {
    name,
    docString: shape.length === 4 ? `[${axes}]` : '',
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, {
          elemType: DataType.FLOAT,
          shape: create(TensorShapeProtoSchema, { dim }),
        }),
      },
    }),
  });
}
