import type { SoundInput } from '@ds/data/audio';
import type { AudioCnnOptions, Resnet18Options } from '@ds/models';

/** Where training data comes from. */
export interface DataSource {
  name: string;
  citation: string;
  licence: string;
  url: string;
}

/** What was measured on the test set, before the weights were rounded to float16. */
export interface Results {
  /** Share of test examples whose class is right; the mean over tasks. */
  accuracy: number;
  /** The accuracy of each task of a network for sounds. */
  taskAccuracies?: Record<string, number>;
  /** Number of test examples. */
  examples: number;
  /** Share of pairs of shifted inputs that get the same class (Zhang 2019). */
  shiftConsistency: number;
  /** Number of inputs, and the largest shift, of that measurement. */
  shiftExamples: number;
  maxShift: number;
}

/** What is known about a file of weights: a model card. */
interface CommonCard {
  name: string;
  /** Length and SHA-256 of the file. */
  bytes: number;
  sha256: string;
  data: DataSource;
  /** The command that trained the network. */
  command: string;
  /** The training protocol in words. */
  protocol: string;
  seed: number;
  results: Results;
  /** The strides [S_h, S_w] of each pooling after training. */
  strides: Record<string, [number, number]>;
  /** Multiply-adds for one input. */
  macs: number;
  parameters: number;
  /** Versions of the software that trained the network. */
  versions: Record<string, string>;
  /** The largest difference of an output from that of the float32 weights, on random inputs. */
  float16Error: number;
  /** What the network is not good for. */
  limits: string[];
}

/** The card of a network for images. */
export interface ImageCard extends CommonCard {
  kind: 'images';
  /** Options of `resnet18` of `@ds/models`. */
  network: Resnet18Options;
  classes: string[];
  /** Mean and standard deviation of each channel, for pixels in [0, 1]. */
  mean: number[];
  std: number[];
}

/** The card of a network for sounds. */
export interface SoundCard extends CommonCard {
  kind: 'sounds';
  /** Options of `audioCnn` of `@ds/models`. */
  network: AudioCnnOptions;
  /** The front end, the tasks and their classes. */
  input: SoundInput;
}

/** The card of any network. */
export type Card = ImageCard | SoundCard;
