import type { BackendInfo } from '@ds/backend';
import type { ImageInput } from '@ds/data';
import type { SoundInput } from '@ds/data/audio';
import type { LayerCost } from '@ds/models';
import type { EpochSummary } from '@ds/train';
import type { ClassTest } from '../class-test/class-test.js';
import type { RunConfig } from '../config/run-config.js';
import type { ShiftReport } from '../shift/shift-consistency.js';

/** Strides of every pooling at one step, [S_h, S_w] by layer name. */
export type StridesByLayer = Record<string, [number, number]>;

/** One point of the curves. */
export interface StepRecord {
  step: number;
  loss: number;
  accuracy: number;
  imagesPerSecond: number;
  strides: StridesByLayer;
}

/** A model's cost at its strides at one time. */
export interface CostSnapshot {
  strides: StridesByLayer;
  /** J of the complexity regularizer. */
  complexity: number;
  /** Multiply-adds for one image. */
  macs: number;
  layers: LayerCost[];
}

/** A trained network whose learned strides became integers, and which was not trained again. */
export interface RoundedNetwork {
  /** Test score, see `scoreOf`. */
  accuracy: number;
  /** Multiply-adds for one image. */
  macs: number;
  /** Images classified in a second, in batches of the training's size. */
  inferenceRate: number;
  /**
   * Number of training images on which its batch norms' statistics were recomputed. Absent from
   * results of earlier versions, which rounded each stride S to round(S) and kept the statistics.
   */
  statisticsImages?: number;
}

/** The result of one run. */
export interface RunResult {
  config: RunConfig;
  /** The dataset's own name. */
  dataset: string;
  /** How many images it was trained and tested on, and how many the dataset has. */
  images: { train: number; test: number; available: { train: number; test: number } };
  /** A hash of the training and test data, see `fingerprint` of `RunData`. Older runs lack it. */
  dataHash?: string;
  backend: BackendInfo;
  /** Node, platform, processor. */
  environment: Record<string, string>;
  parameters: number;
  initial: CostSnapshot;
  final: CostSnapshot;
  steps: StepRecord[];
  epochs: EpochSummary[];
  /** Multiply-adds for one image after each epoch, at the strides of that time. */
  epochMacs: number[];
  /** Test accuracy after the last epoch, a share. */
  accuracy: number;
  /** Top-5 accuracy on the test set, a share. */
  top5: number;
  /** Shift consistency of the trained model; `null` if the run stopped before measuring it. */
  shift: ShiftReport | null;
  /** For colour images: the network input, and the classes. Older runs lack it. */
  image?: ImageInput;
  /** For sounds: the network input, the tasks, and the split. */
  sound?: SoundInput & { split: string };
  /** With several labels for a sound: mean average precision on the test set, a share. */
  meanAveragePrecision?: number;
  /** With several labels for a sound: mean area under the ROC curve on the test set, a share. */
  auc?: number;
  /** For sounds: the test score of each task, see `scoreOf`. Their mean is that of the run. */
  taskAccuracies?: Record<string, number>;
  /** The test by class, with the most confident mistakes. Results of earlier versions have none. */
  classTest?: ClassTest;
  /** What the loader of the dataset left out, guessed or cut. */
  notes?: string[];
  /** Median over the training steps. */
  imagesPerSecond: number;
  /** Images classified in a second, in batches of the training's size. Older runs lack it. */
  inferenceRate?: number;
  /** The network with its learned strides rounded to integers, where this is possible. */
  rounded?: RoundedNetwork;
  /** Seconds of its parts, interruptions apart. */
  timing: { setup: number; training: number; evaluation: number; shift: number };
  /** Their sum. */
  seconds: number;
  /** Whether it was stopped before its end. */
  stopped: boolean;
}

/** A step of a run in progress. */
export interface RunProgress {
  step: number;
  totalSteps: number;
  epoch: number;
  loss: number;
  accuracy: number;
  imagesPerSecond: number;
  strides: StridesByLayer;
  /** Test score after the last finished epoch, see `scoreOf`. */
  testAccuracy: number | null;
  /** Notes of the dataset loader since the last step. */
  notes?: string[];
}
