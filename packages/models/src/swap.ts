import type { GraphNode } from '@ds/graph';
import type { Paddings } from './swap-dense.js';
import type { Downsampler } from './swap-downsamplers.js';

/** A layer that becomes a stride-1 op and a pooling. */
export interface Swap {
  downsampler: Downsampler;
  /** Strides of the pooling. */
  strides: [number, number];
  /** The smoothness for the size of its maps, or `null` at strides of 1. */
  smoothness: number | null;
  /** Whether its outputs may have other sizes than in the original. */
  isFree: boolean;
  /** All swaps whose outputs join. They have equal sizes, so one pooling layer can pool all. */
  group: Swap[];
  /** The padding of the stride-1 op at each of its applications. */
  paddings: Map<GraphNode, Paddings>;
}
