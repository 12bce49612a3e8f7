import type { ImageInput } from '@ds/data';
import type { SoundInput } from '@ds/data/audio';
import type { Batches, BatchSource, OutputLosses } from '@ds/train';
import type { Example } from '../class-test/run-class-test.js';

/** The training and test data of a run. */
export interface RunData extends OutputLosses {
  /** The dataset's own name. */
  name: string;
  /** [height, width, channels]. */
  shape: [number, number, number];
  classes: number;
  /** The names of the classes. For sounds: those of the first task. */
  classNames: string[];
  trainCount: number;
  testCount: number;
  /** How many the dataset has of each. */
  available: { train: number; test: number };
  train: (epoch: number) => BatchSource;
  /** A hash of the training and test data. It changes with the set and with any file. */
  fingerprint: () => Promise<string>;
  /** The test images, or `count` of them drawn by the seed. */
  test: (count?: number) => Batches;
  /** A test example as a `data:` URL: a picture, or the sound that the network heard. */
  preview: (example: Example) => Promise<string | null>;
  /** For colour images: the network input, and the classes. */
  image?: ImageInput;
  /** For sounds: the network input, the tasks, and the split. */
  sound?: SoundInput & { split: string };
  /** What its loader left out, guessed or cut. It grows while files are read. */
  notes: string[];
}
