/** One timed operation. It is plain JSON, so that the Python contender can read it too. */
export type SpeedCase = {
  name: string;
  group: string;
  /** Floating-point operations, or 0. */
  flops: number;
} & (
  | { kind: 'resample'; shape: Shape; size: [number, number]; gradients: 'image' | 'all' }
  | { kind: 'spectral'; shape: Shape; strides: [number, number] }
  | { kind: 'diffstride'; shape: Shape; strides: [number, number]; smoothness: number }
  | {
      kind: 'convolution';
      pass: 'forward' | 'input' | 'filter';
      shape: Shape;
      filters: number;
      kernel: number;
      stride: number;
    }
  | { kind: 'blur'; shape: Shape; stride: number }
  | { kind: 'step'; pooling: string; width: number; batch: number }
);

/** [batch, height, width, channels]. */
export type Shape = [number, number, number, number];

const named = ([n, h, w, c]: Shape) => `[${n}, ${h}, ${w}, ${c}]`;

/**
 * Forward and backward of `resample`. Gradients to the image alone cost two forward passes in all;
 * gradients to both matrices too cost three.
 */
function resample(
  shape: Shape,
  size: [number, number],
  gradients: 'image' | 'all' = 'image',
): SpeedCase {
  const [n, h, w, c] = shape;
  const macs = n * c * size[0] * w * (h + size[1]);
  return {
    name: `resample ${named(shape)} → ${size[0]}×${size[1]}`,
    group: `resample, forward and backward to ${gradients === 'image' ? 'the image' : 'the image and both matrices'}`,
    flops: (gradients === 'image' ? 2 : 3) * 2 * macs,
    kind: 'resample',
    shape,
    size,
    gradients,
  };
}

function spectral(shape: Shape): SpeedCase {
  return {
    name: `spectral ${named(shape)}, strides (2, 2)`,
    group: 'spectral pooling, forward and backward',
    flops: 0,
    kind: 'spectral',
    shape,
    strides: [2, 2],
  };
}

/** Spectral pooling to the output size of DiffStride, which keeps frequencies for its ramp. */
function spectralOfSize(shape: Shape, size: number): SpeedCase {
  const [, h, w] = shape;
  return {
    name: `spectral ${named(shape)} → ${size}×${size}`,
    group: 'spectral pooling to the size of DiffStride, forward and backward',
    flops: 0,
    kind: 'spectral',
    shape,
    strides: [h / size, w / size],
  };
}

function diffStride(shape: Shape, smoothness = 4): SpeedCase {
  return {
    name: `DiffStride ${named(shape)}, strides (2, 2)`,
    group: 'DiffStride, forward and backward with stride gradients',
    flops: 0,
    kind: 'diffstride',
    shape,
    strides: [2, 2],
    smoothness,
  };
}

/** A pass of a 3×3 convolution. Operations are those of the direct algorithm. */
function convolution(
  pass: 'forward' | 'input' | 'filter',
  shape: Shape,
  filters: number,
  stride = 1,
): SpeedCase {
  const [n, h, w, c] = shape;
  const outputs = n * Math.ceil(h / stride) * Math.ceil(w / stride);
  return {
    name: `${named(shape)} → ${filters}${stride > 1 ? `, stride ${stride}` : ''}`,
    group: `3×3 convolution, ${pass === 'forward' ? 'forward' : `${pass} gradient`}`,
    flops: 2 * outputs * 9 * c * filters,
    kind: 'convolution',
    pass,
    shape,
    filters,
    kernel: 3,
    stride,
  };
}

function step(pooling: string, width: number, batch: number): SpeedCase {
  return {
    name: `${pooling}, width ${width}, batch ${batch}`,
    group: 'ResNet-18 training step from strides (3, 1, 3)',
    flops: 0,
    kind: 'step',
    pooling,
    width,
    batch,
  };
}

const POOLED: [Shape, number][] = [
  [[64, 32, 32, 64], 16],
  [[64, 16, 16, 128], 8],
  [[16, 56, 56, 64], 28],
];
const RESNET_16: [Shape, number][] = [
  [[64, 32, 32, 16], 16],
  [[64, 16, 16, 32], 32],
  [[64, 8, 8, 64], 64],
  [[64, 4, 4, 128], 128],
];
const RESNET_64: [Shape, number][] = [
  [[16, 32, 32, 64], 64],
  [[16, 16, 16, 128], 128],
  [[16, 8, 8, 256], 256],
];

/**
 * Widths of the training steps. The wide one has a smaller batch, so that it takes 4 times as long
 * and not 16 times.
 */
const STEPS = [
  { width: 16, batch: 64 },
  { width: 64, batch: 16 },
];

/** The part of a case that one replica executes: the replica's share of the batch. */
export function shardOfCase(speedCase: SpeedCase, rank: number, replicas: number): SpeedCase {
  if (speedCase.kind === 'step') return speedCase;
  const [batch, ...rest] = speedCase.shape;
  const bound = (index: number) => Math.floor((batch * index) / replicas);
  return { ...speedCase, shape: [bound(rank + 1) - bound(rank), ...rest] };
}

/**
 * The cases by set. `speed` times `full` by default, `quick` is a small subset, and `gpu` has cases
 * large enough to occupy a GPU.
 */
export const CASES: Record<'full' | 'quick' | 'gpu', SpeedCase[]> = {
  full: [
    ...POOLED.map(([shape, size]) => resample(shape, [size, size])),
    ...POOLED.map(([shape, size]) => resample(shape, [size, size], 'all')),
    // The output size of DiffStride with smoothness 4 on these images.
    resample([64, 32, 32, 64], [24, 24], 'all'),
    resample([64, 16, 16, 128], [16, 16], 'all'),
    resample([16, 56, 56, 64], [36, 36], 'all'),
    ...POOLED.map(([shape]) => spectral(shape)),
    ...POOLED.map(([shape]) => diffStride(shape)),
    spectralOfSize([64, 32, 32, 64], 24),
    spectralOfSize([16, 56, 56, 64], 36),
    ...(['forward', 'input', 'filter'] as const).flatMap((pass) => [
      ...[...RESNET_16, ...RESNET_64].map(([shape, filters]) => convolution(pass, shape, filters)),
      convolution(pass, [64, 32, 32, 16], 32, 2),
    ]),
    {
      name: `blur ${named([64, 32, 32, 64])}, stride 2`,
      group: 'BlurPool, forward and backward',
      flops: 0,
      kind: 'blur',
      shape: [64, 32, 32, 64],
      stride: 2,
    },
    ...STEPS.flatMap(({ width, batch }) =>
      ['conv', 'spectral', 'diffstride'].map((pooling) => step(pooling, width, batch)),
    ),
  ],
  quick: [
    resample([16, 32, 32, 16], [16, 16]),
    diffStride([16, 32, 32, 16]),
    convolution('forward', [8, 16, 16, 32], 32),
    convolution('filter', [8, 16, 16, 32], 32),
    step('diffstride', 4, 8),
  ],
  gpu: [
    step('conv', 64, 128),
    step('spectral', 64, 128),
    step('diffstride', 64, 128),
    step('conv', 16, 64),
    step('diffstride', 16, 64),
    spectral([128, 32, 32, 64]),
    spectral([64, 56, 56, 64]),
    diffStride([128, 32, 32, 64]),
    diffStride([64, 56, 56, 64]),
    resample([128, 32, 32, 64], [16, 16], 'all'),
    resample([64, 56, 56, 64], [28, 28], 'all'),
    ...(['forward', 'input', 'filter'] as const).flatMap((pass) => [
      convolution(pass, [128, 32, 32, 64], 64),
      convolution(pass, [128, 8, 8, 256], 256),
    ]),
  ],
};

/** Training steps for the scaling curve over replicas. */
export function replicaCases(): SpeedCase[] {
  return ['conv', 'diffstride'].map((pooling) => ({
    ...step(pooling, 16, 64),
    group: `${pooling}, training step over replicas`,
  }));
}

/** Cases for the scaling curves: one axis at a time varies around [16, 32, 32, 32]. */
export function scalingCases(
  axis: 'size' | 'channels' | 'batch',
): { value: number; speedCase: SpeedCase }[] {
  const values = {
    size: [8, 16, 32, 64, 96],
    channels: [4, 8, 16, 32, 64, 128],
    batch: [1, 2, 4, 8, 16, 32, 64],
  };
  return values[axis].flatMap((value) => {
    const size = axis === 'size' ? value : 32;
    const channels = axis === 'channels' ? value : 32;
    const shape: Shape = [axis === 'batch' ? value : 16, size, size, channels];
    const cases = [
      { ...resample(shape, [size / 2, size / 2]), group: `resample over ${axis}` },
      { ...convolution('forward', shape, channels), group: `3×3 convolution over ${axis}` },
    ];
    return cases.map((speedCase) => ({ value, speedCase }));
  });
}
