import { axisTapsTests } from './axis-taps.js';
import { copyTests } from './copy.js';
import { diffStrideTests } from './diff-stride.js';
import type { Implementation } from './implementation.js';
import { leftMultiplyTests } from './left-multiply.js';
import { maskedMatrixTests } from './masked-matrix.js';
import { regionMaxTests } from './region-max.js';
import { resampleTests } from './resample.js';
import { resampleAxesTests } from './resample-axes.js';
import { sgdMomentumTests } from './sgd-momentum.js';

/** Declares the tests of all ops for these implementations. */
export function conformanceTests(implementations: Implementation[]): void {
  axisTapsTests(implementations);
  copyTests(implementations);
  diffStrideTests(implementations);
  leftMultiplyTests(implementations);
  maskedMatrixTests(implementations);
  regionMaxTests(implementations);
  resampleTests(implementations);
  resampleAxesTests(implementations);
  sgdMomentumTests(implementations);
}
