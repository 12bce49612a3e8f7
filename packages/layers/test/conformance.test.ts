import '@tensorflow/tfjs';
import { useBackend } from '@ds/backend';
import { BACKENDS, HOST_BACKENDS } from '@ds/testing/backends';
import { beforeAll } from 'vitest';
import { describePooling } from '../src/testing.js';

// Registers the backends with all gradients, so that the conformance tests find them.
beforeAll(async () => {
  for (const backend of BACKENDS.toReversed()) await useBackend(backend);
});

const backends = BACKENDS;
/** A reflection of one pixel needs two pixels, and so does a window of two. */
const needsTwo = (height: number, width: number) => Math.min(height, width) < 2;

const SHARP = { smoothness: 1.3 };

describePooling('diffstride', { backends, strides: [2.31, 1.87], config: { smoothness: 1.3 } });
// Strides below 1 run the masks as ops of tfjs, which other tests compare on a GPU.
describePooling('diffstride', {
  backends: HOST_BACKENDS,
  strides: [0.81, 0.67],
  config: { smoothness: 3, lowerLimit: 0.6 },
});
describePooling('spectral', { backends, strides: [1.6, 2.1] });
describePooling('diffstride', { backends: HOST_BACKENDS, rank: 1, strides: [2.31], config: SHARP });
describePooling('diffstride', {
  backends: HOST_BACKENDS,
  rank: 3,
  strides: [1.9, 2.3, 1.7],
  config: SHARP,
});
describePooling('spectral', { backends: HOST_BACKENDS, rank: 1, strides: [1.6] });
describePooling('spectral', { backends: HOST_BACKENDS, rank: 3, strides: [1.6, 2, 2.1] });
describePooling('blur', { backends, refuses: needsTwo });
describePooling('blur', { backends, config: { filterSize: 6, padding: 'replicate' } });
describePooling('blur', {
  backends: HOST_BACKENDS,
  config: { filter: 'kaiser', attenuation: 21, filterSize: [5, 4], padding: 'circular' },
});
describePooling('max-blur', { backends, config: { padding: 'zero' }, refuses: needsTwo });
describePooling('avg-blur', { backends, config: { padding: 'replicate' }, refuses: needsTwo });
describePooling('fractional-max', { backends, strides: [1.4, 2.3], config: { overlapping: true } });
describePooling('fractional-avg', { backends, strides: [1.4, 2.3], config: { samples: 3 } });
describePooling('flc', { backends, strides: [1.6, 2] });
describePooling('flc', { backends, config: { modulus: true, norm: 'backward' } });
describePooling('asap', { backends, strides: [1.6, 2] });
describePooling('asap', { backends, config: { windowCenter: 'published', norm: 'ortho' } });
describePooling('aps', { backends });
describePooling('aps', { backends, strides: [3, 2], config: { order: 1 } });
describePooling('lps', { backends });
describePooling('lps', { backends, strides: [3, 1], config: { hidden: 2, temperature: 0.5 } });
// Other kernels compute it on a GPU, and have tests there. The seed keeps differences off the
// corner of the ReLU.
describePooling('tips', { backends: HOST_BACKENDS });
describePooling('tips', {
  backends: HOST_BACKENDS,
  strides: [3, 2],
  config: { averaging: 'quadrant', seed: 1 },
});
// Both run the matrix kernels of `spectral`, whose tests above cover a GPU.
describePooling('dct', { backends: HOST_BACKENDS, strides: [1.6, 2] });
describePooling('dct-diffstride', {
  backends: HOST_BACKENDS,
  strides: [2.31, 1.87],
  config: { smoothness: 1.3 },
});
for (const rank of [1, 3] as const) {
  const any = { backends: HOST_BACKENDS, rank };
  const isShort = (...sides: number[]) => Math.min(...sides) < 2;
  const ratios = [1.4, 2.3, 1.7].slice(0, rank);
  describePooling('blur', {
    ...any,
    config: { filterSize: [2, 3, 1].slice(0, rank) },
    refuses: isShort,
  });
  describePooling('max-blur', { ...any, config: { padding: 'zero' }, refuses: isShort });
  describePooling('avg-blur', { ...any, config: { padding: 'circular' }, refuses: isShort });
  describePooling('fractional-max', { ...any, strides: ratios, config: { overlapping: true } });
  describePooling('fractional-avg', { ...any, strides: ratios, config: { samples: 2 } });
  describePooling('subsample', any);
  describePooling('aps', any);
  describePooling('flc', { ...any, strides: [1.6, 2, 2.5].slice(0, rank) });
  describePooling('flc', { ...any, config: { modulus: true, norm: 'backward' } });
}
describePooling('average', { backends, checksDtype: false });
describePooling('average', { backends: HOST_BACKENDS, rank: 1, checksDtype: false });
describePooling('average', { backends: HOST_BACKENDS, rank: 3, checksDtype: false });
describePooling('max', { backends, checksDtype: false });
describePooling('max', { backends: HOST_BACKENDS, rank: 1, checksDtype: false });
describePooling('max', { backends: HOST_BACKENDS, rank: 3, checksDtype: false });
describePooling('subsample', { backends });
