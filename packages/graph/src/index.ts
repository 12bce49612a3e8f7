export { isModel, layersOf, type PlacedLayer } from './layers-of.js';
export { type Projection, projectWeight } from './projected-weight.js';
export { applyInOneModel, disposeByGraph } from './shared-layer.js';
export { type LayerCall, watchLayers } from './watch-layers.js';
export { type ModelWeights, weightsOf } from './weights-of.js';
