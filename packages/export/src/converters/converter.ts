import type { LayerApplication } from '../graph/layer-application.js';
import type { Value } from '../graph/neutral-graph.js';

/**
 * Adds one application of a layer to a graph, as operations of `application.graph`. Returns the
 * layer's output, or its outputs in order.
 */
export type Converter = (application: LayerApplication) => Value | Value[];
