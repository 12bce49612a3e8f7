export { isModel, layersOf, type PlacedLayer } from './layers-of.js';
export { applyOncePerGraph } from './one-use.js';
export { type Projection, projectWeight } from './projected-weight.js';
export { type ModelWeights, weightsOf } from './weights-of.js';
