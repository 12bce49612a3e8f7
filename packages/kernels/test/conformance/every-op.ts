import { axisTapsTests } from './axis-taps.js';
import { batchNormTests } from './batch-norm.js';
import { clampTests } from './clamp.js';
import { copyTests } from './copy.js';
import { diffStrideTests } from './diff-stride.js';
import { fftTests } from './fft.js';
import { halfStorageTests } from './half-storage.js';
import type { Implementation } from './implementation.js';
import { leftMultiplyTests } from './left-multiply.js';
import { maskedMatrixTests } from './masked-matrix.js';
import { regionMaxTests } from './region-max.js';
import { reluTests } from './relu.js';
import { resampleTests } from './resample.js';
import { resampleAxesTests } from './resample-axes.js';
import { sgdMomentumTests } from './sgd-momentum.js';

/** Declares the tests of all ops for these implementations. */
export function conformanceTests(implementations: Implementation[]): void {
  axisTapsTests(implementations);
  batchNormTests(implementations);
  clampTests(implementations);
  copyTests(implementations);
  diffStrideTests(implementations);
  fftTests(implementations);
  halfStorageTests(implementations);
  leftMultiplyTests(implementations);
  maskedMatrixTests(implementations);
  regionMaxTests(implementations);
  reluTests(implementations);
  resampleTests(implementations);
  resampleAxesTests(implementations);
  sgdMomentumTests(implementations);
}
