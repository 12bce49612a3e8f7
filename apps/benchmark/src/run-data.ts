import type { SoundInput } from '@ds/data/audio';
import type { Batches, BatchSource } from '@ds/train';

/** What a run is trained and tested on. */
export interface RunData {
  /** The dataset's own name. */
  name: string;
  /** [height, width, channels]. */
  shape: [number, number, number];
  classes: number;
  trainCount: number;
  testCount: number;
  /** How many the dataset has of each. */
  available: { train: number; test: number };
  train: (epoch: number) => BatchSource;
  /** A hash of what is trained and tested on. Another set has another, and so has a changed file. */
  fingerprint: () => Promise<string>;
  /** The test images, or so many of them drawn by the seed. */
  test: (count?: number) => Batches;
  /** Of sounds: what the network is given, its tasks, and how the sounds were split. */
  sound?: SoundInput & { split: string };
  /** What its loader left out, guessed or cut. It grows while files are read. */
  notes: string[];
}
