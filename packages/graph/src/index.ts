export type { PoolingMatrices } from '@ds/kernels';
export { evaluateGraph } from './evaluate-graph.js';
export { readHostCopies, releaseHostCopies } from './host-copies-of.js';
export { HostCopy, type HostValues } from './host-copy.js';
export { isIdentityMatrix } from './identity-matrix.js';
export { inputShapesOf } from './input-shapes.js';
export { innerLayers, isLayer, isModel, layersOf, type PlacedLayer } from './layers-of.js';
export { layersWith } from './layers-with.js';
export { matricesOf } from './matrices-of.js';
export { type GraphNode, nodeOf } from './node-of.js';
export { nodesOf } from './nodes-of.js';
export {
  hasMember,
  type LayerWith,
  type PoolingLayer,
  type PoolingMember,
} from './pooling-layer.js';
export { type Projection, projectWeight } from './projected-weight.js';
export { plainClassName, plainName, registerLayer, type SavedClass } from './saved-class.js';
export { applyInOneModel, disposeByGraph } from './shared-layer.js';
export { UniqueNames } from './unique-names.js';
export { type LayerCall, watchLayers } from './watch-layers.js';
export { type ModelWeights, weightsOf } from './weights-of.js';
