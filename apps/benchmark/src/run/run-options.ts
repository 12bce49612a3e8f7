import type { ReplicaGroup } from '@ds/train/replicas';
import type { DataFolders } from '../data/data-folders.js';
import type { RunProgress } from './run-result.js';

/** Options of `executeRun`. */
export interface RunOptions {
  /** The folders of the datasets. Without a folder, CIFAR-10 is read from the cache. */
  data: DataFolders;
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
  /** The replicas that share the run. This process is one of them. */
  replicas?: ReplicaGroup;
  /** How the run is kept. Without it an interrupted run is lost. */
  keeping?: RunKeeping;
  /**
   * Whether the run only measures times, so that its time of evaluation is that of the tests after
   * the epochs. The test by class, the speed of inference and the rounded network are left out.
   */
  isTiming?: boolean;
}

/** How a run is kept. */
export interface RunKeeping {
  /** The folder of the run. */
  folder: string;
  /** Number of steps between two checkpoints within an epoch. */
  every: number;
  /** Whether to resume from the newest checkpoint. If not, old checkpoints are removed first. */
  resume: boolean;
  /** The hash of the data of finished runs with the same draw, which this run is compared with. */
  dataHash?: string;
  /** The memory of the `Lease` on the folder, which every write requires. Default: none. */
  lease?: SharedArrayBuffer;
}

/** Whether this is the first replica. Only the first one writes files and reports progress. */
export function isFirstReplica({ replicas }: RunOptions): boolean {
  return (replicas?.rank ?? 0) === 0;
}
