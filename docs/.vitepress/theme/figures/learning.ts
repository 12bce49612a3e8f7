import { diffStride } from '@ds/layers/ops';
import {
  add,
  grad,
  mean,
  mul,
  reciprocal,
  squaredDifference,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor4d,
  tidy,
  unstack,
} from '@tensorflow/tfjs-core';
import { COLORS, figure, type PlotLibrary } from '../figure.js';

const SIZE = 48;
const SMOOTHNESS = 3;
/** The periods of the fine stripes over the width. Strides of 4 remove most of them. */
const STRIPES = 9;
const FIRST: Strides = [4, 4];
const STEPS = 50;
const LEARNING_RATE = 30;
/** The price of the pixels that the pooling keeps. */
const PRICE = 0.25;
/** The space between the two pictures, in widths of one. */
const GAP = 0.08;

type Strides = [height: number, width: number];

/** Fine stripes along the width, and slow waves along both axes. */
const PICTURE = Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
  const [row, column] = [Math.floor(i / SIZE), i % SIZE].map((at) => (2 * Math.PI * at) / SIZE) as [
    number,
    number,
  ];
  const waves = Math.cos(row) * Math.cos(column);
  return 0.5 + 0.22 * waves + 0.28 * Math.cos(STRIPES * column + 1.5 * Math.sin(row));
});

/** The strides after each step so far. */
const path: Strides[] = [FIRST];

export default figure({
  label: 'A picture, what DiffStride keeps of it, and its two strides during training',
  controls: {
    step: { label: 'training step', min: 0, max: STEPS, step: 1, value: STEPS },
  },
  draw({ step }, Plot) {
    while (path.length <= step) path.push(nextStrides(path.at(-1)!));
    const [height, width] = path[step]!;
    const { values, sides } = pooled(path[step]!);
    return {
      says:
        `Strides ${height.toFixed(1)} × ${width.toFixed(1)}: ` +
        `${sides.join(' × ')} of ${SIZE} × ${SIZE} pixels remain. ` +
        (step === 0
          ? 'The stripes are pale.'
          : 'The stripes need a small stride along the width. The height needs few rows.'),
      plots: [
        {
          axis: null,
          marginTop: 20,
          marginRight: 0,
          marginBottom: 0,
          marginLeft: 0,
          aspectRatio: 1,
          x: { domain: [0, 2 + GAP] },
          y: { domain: [0, 1], reverse: true },
          color: { scheme: 'greys', reverse: true, domain: [0, 1], clamp: true },
          marks: [
            picture(Plot, PICTURE, 0),
            picture(Plot, values, 1 + GAP),
            Plot.text([`${SIZE} × ${SIZE} pixels`, `from ${sides.join(' × ')} pixels`], {
              x: (_, i) => i * (1 + GAP),
              y: 0,
              text: (text: string) => text,
              textAnchor: 'start',
              dy: -10,
              fontSize: 13,
            }),
          ],
        },
        {
          height: 130,
          marginRight: 50,
          x: { label: 'training step', domain: [0, STEPS] },
          y: { label: 'stride', domain: [0, 9], ticks: 3 },
          marks: [
            ...['height', 'width'].flatMap((name, axis) => {
              const stroke = axis === 0 ? COLORS.first : COLORS.third;
              const points = path.slice(0, step + 1).map((strides, at) => ({
                at,
                stride: strides[axis]!,
              }));
              const last = points.slice(-1);
              const place = { x: 'at', y: 'stride' };
              return [
                Plot.line(points, { ...place, stroke, strokeWidth: 2.5 }),
                Plot.dot(last, { ...place, fill: stroke, r: 4 }),
                Plot.text(last, {
                  ...place,
                  text: () => name,
                  fill: 'currentColor',
                  textAnchor: 'start',
                  dx: 8,
                  dy: axis === 0 ? -8 : 8,
                  fontSize: 13,
                }),
              ];
            }),
          ],
        },
      ],
    };
  },
});

/** What the pooling loses of the picture, and what the pixels that it keeps cost. */
function loss(strides: Tensor): Tensor {
  const x = tensor4d(PICTURE, [1, SIZE, SIZE, 1]);
  const kept = diffStride(x, strides as Tensor1D, { smoothness: SMOOTHNESS, cropping: false });
  const [height, width] = unstack(strides) as [Tensor, Tensor];
  return add(mean(squaredDifference(kept, x)), mul(PRICE, reciprocal(mul(height, width))));
}

/** One step of gradient descent. */
function nextStrides(strides: Strides): Strides {
  const slopes = tidy(() => grad(loss)(tensor1d(strides)).dataSync<'float32'>());
  return strides.map((stride, i) => Math.max(1, stride - LEARNING_RATE * slopes[i]!)) as Strides;
}

/**
 * What the pooling keeps, at the size of the picture, and the size at which the layer returns it.
 */
function pooled(strides: Strides): { values: Float32Array; sides: number[] } {
  return tidy(() => {
    const x = tensor4d(PICTURE, [1, SIZE, SIZE, 1]);
    const poolWith = (cropping: boolean) =>
      diffStride(x, tensor1d(strides), { smoothness: SMOOTHNESS, cropping });
    return {
      values: poolWith(false).dataSync<'float32'>(),
      sides: poolWith(true).shape.slice(1, 3),
    };
  });
}

function picture(Plot: PlotLibrary, values: Float32Array, x: number) {
  return Plot.raster(values, { width: SIZE, height: SIZE, x1: x, x2: x + 1, y1: 0, y2: 1 });
}
