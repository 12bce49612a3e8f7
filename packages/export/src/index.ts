export type { Converter } from './converters/converter.js';
export { registerConverter } from './converters/registry.js';
export type { ConvolutionOptions, GraphBuilder } from './graph/graph-builder.js';
export type { LayerApplication } from './graph/layer-application.js';
export type {
  Arithmetic,
  Constant,
  Elementwise,
  Operation,
  Padding,
  Pair,
  Reduction,
  SliceAxis,
  Step,
  Value,
} from './graph/neutral-graph.js';
export { type GraphModelOptions, toGraphModel } from './graph-model/to-graph-model.js';
export { type OnnxOptions, toOnnx } from './onnx/to-onnx.js';
