import { type CifarLayout, recordBytes } from './cifar-binary.js';

export const TRAIN_FILES = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
export const TEST_FILE = 'test_batch.bin';

/** The binary version of CIFAR-10: one label byte in each record. */
export const CIFAR10_LAYOUT: CifarLayout = {
  op: 'loadCifar10',
  imagesPerFile: 10_000,
  labelClasses: [10],
  label: 0,
};

export const RECORD_BYTES = recordBytes(CIFAR10_LAYOUT);
export const IMAGES_PER_FILE = CIFAR10_LAYOUT.imagesPerFile;
