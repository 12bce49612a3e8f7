import type { PoolingLayer } from '@ds/graph';
import type { SpatialRank } from '../spatial-rank.js';
import type { ImageSides } from './image-sides.js';

/** A pooling with what its conformance tests need. */
export interface TestedPooling {
  rank: SpatialRank;
  strides: number[];
  sides: ImageSides;
  /** Makes a layer, with changes to the configuration. */
  create(change?: Record<string, unknown>): PoolingLayer;
  /** Whether the pooling refuses images with these sides. */
  refuses(...sides: number[]): boolean;
  hasDataFormat: boolean;
  checksDtype: boolean;
}
