import type { SpeedRow } from './measure.js';
import type { Speedup } from './speedup.js';

/** All measurements of one call of `speed`. */
export interface SpeedResult {
  date: string;
  commit: string;
  machine: string;
  command: string;
  /** GFLOP/s of the first contender's fastest loop: one core on cached data, or the GPU. */
  peak: number | null;
  /** GFLOP/s of PyTorch's fastest matrix product on one thread; `null` without PyTorch. */
  nativePeak: number | null;
  contenders: { name: string; version: string }[];
  rows: SpeedRow[];
  /** Rows of the scaling curves, each with the varied axis and its value. */
  scaling: { axis: string; value: number; row: SpeedRow }[];
  /** Replicas compared with one replica, for each training step. */
  speedups: Speedup[];
}
