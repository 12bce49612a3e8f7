import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AvgBlurPool, MaxBlurPool, PadImage } from '../src/index.js';
import {
  apsPool,
  avgBlurPool,
  type Border,
  blurPool,
  maxBlurPool,
  padImage,
  resample,
} from '../src/ops.js';

type Sides = [[number, number], [number, number]];

/** The definition, one pixel at a time: walks from the border into the image. */
function walked(x: tf.Tensor4D, [rows, columns]: Sides, border: Border): number[] {
  const [batch, height, width, channels] = x.shape;
  const values = x.arraySync();
  const inside = (start: number, size: number): number => {
    let [at, step] = [start, 1];
    while (at < 0 || at >= size) {
      if (border === 'circular') at += at < 0 ? size : -size;
      else if (border === 'replicate') at += at < 0 ? 1 : -1;
      else if (border === 'reflect') at = at < 0 ? -at : size - 1 - (at - (size - 1));
      else return -1;
      if (step++ > 1000) throw new Error('the walk does not end');
    }
    return at;
  };
  const y: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let i = -rows[0]; i < height + rows[1]; i++)
      for (let j = -columns[0]; j < width + columns[1]; j++)
        for (let c = 0; c < channels; c++) {
          const [p, q] = [inside(i, height), inside(j, width)];
          y.push(p < 0 || q < 0 ? 0 : values[n]![p]![q]![c]!);
        }
  return y;
}

/** Shifts an image circularly by rows and columns. */
function rolled(x: tf.Tensor, rows: number, columns: number): tf.Tensor4D {
  return tf.tidy(() => {
    const along = (y: tf.Tensor, axis: number, by: number) => {
      const size = y.shape[axis]!;
      const at = ((by % size) + size) % size;
      if (at === 0) return y;
      const [head, tail] = tf.split(y, [size - at, at], axis);
      return tf.concat([tail!, head!], axis);
    };
    return along(along(x, 1, rows), 2, columns) as tf.Tensor4D;
  });
}

describe.each(BACKENDS)('padImage on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['zero', 'replicate', 'reflect', 'circular'] as const)(
    "matches its definition with border '%s'",
    (border) => {
      tf.tidy(() => {
        for (const [height, width, sides] of [
          [
            4,
            5,
            [
              [1, 1],
              [1, 1],
            ],
          ],
          [
            7,
            4,
            [
              [3, 0],
              [0, 2],
            ],
          ],
          [
            5,
            3,
            [
              [0, 0],
              [2, 1],
            ],
          ],
          [
            1,
            1,
            border === 'reflect'
              ? [
                  [0, 0],
                  [0, 0],
                ]
              : [
                  [3, 2],
                  [1, 4],
                ],
          ],
        ] as [number, number, Sides][]) {
          const x = unitTensor(height, [2, height, width, 3]) as tf.Tensor4D;
          const y = padImage(x, sides, { border });
          expect(y.shape).toEqual([
            2,
            height + sides[0][0] + sides[0][1],
            width + sides[1][0] + sides[1][1],
            3,
          ]);
          expect([...y.dataSync()]).toEqual(walked(x, sides, border));
        }
      });
    },
  );

  it('wraps around as often as the margin needs', () => {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
      const y = padImage(x, [
        [0, 0],
        [4, 5],
      ]);
      expect([...y.dataSync()]).toEqual([3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2]);
    });
  });

  it('has the gradient of finite differences, and leaks nothing', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [1, 4, 3, 2]);
      const op = (image: tf.Tensor) =>
        padImage(image as tf.Tensor4D, [
          [2, 5],
          [1, 0],
        ]);
      expect(gradientErrors(op, [x], [0.5])[0]).toBeLessThan(1e-5);
    });
    const x = tf.ones([1, 4, 4, 1]) as tf.Tensor4D;
    expect(leakedTensors(() => padImage(x, 1))).toBe(0);
    x.dispose();
  });

  it('takes channelsFirst', () => {
    tf.tidy(() => {
      const x = unitTensor(2, [2, 5, 4, 3]) as tf.Tensor4D;
      const first = padImage(tf.transpose(x, [0, 3, 1, 2]), 2, { dataFormat: 'channelsFirst' });
      const got = tf.transpose(first, [0, 2, 3, 1]);
      expect([...got.dataSync()]).toEqual([...padImage(x, 2).dataSync()]);
    });
  });

  it.each([
    ['blurPool', blurPool],
    ['maxBlurPool', maxBlurPool],
    ['avgBlurPool', avgBlurPool],
  ] as const)('lets %s commute with circular shifts by its stride', (_, pool) => {
    tf.tidy(() => {
      const x = unitTensor(5, [2, 8, 12, 3]) as tf.Tensor4D;
      const options = { padding: 'circular', filterSize: 5 } as const;
      const y = pool(x, 2, options);
      expect(y.shape).toEqual([2, 4, 6, 3]);
      const shifted = pool(rolled(x, 2, -4), 2, options);
      expect(relativeError(shifted.dataSync(), rolled(y, 1, -2).dataSync())).toBeLessThan(1e-6);
      // The blur's own grid moves at other shifts.
      const between = pool(rolled(x, 1, 0), 2, options);
      expect(relativeError(between.dataSync(), y.dataSync())).toBeGreaterThan(0.01);
    });
  });

  it('lets a convolution and apsPool commute with every circular shift, up to a shift', () => {
    tf.tidy(() => {
      const x = unitTensor(9, [1, 8, 8, 2]) as tf.Tensor4D;
      const filter = unitTensor(4, [3, 3, 2, 3]) as tf.Tensor4D;
      const network = (image: tf.Tensor4D) =>
        tf.mean(apsPool(tf.relu(tf.conv2d(padImage(image, 1), filter, 1, 'valid')), 2), [1, 2]);
      const zeros = (image: tf.Tensor4D) =>
        tf.mean(apsPool(tf.relu(tf.conv2d(image, filter, 1, 'same')), 2), [1, 2]);
      for (const [rows, columns] of [
        [1, 0],
        [0, 1],
        [3, 5],
        [7, 2],
      ] as const) {
        const shifted = rolled(x, rows, columns);
        const error = (op: (image: tf.Tensor4D) => tf.Tensor) =>
          relativeError(op(shifted).dataSync(), op(x).dataSync());
        expect(error(network)).toBeLessThan(1e-6);
        expect(error(zeros)).toBeGreaterThan(1e-3);
      }
    });
  });
});

describe('PadImage', () => {
  beforeAll(() => useBackend('cpu'));

  it('is padImage as a layer, is saved, and has constant matrices', async () => {
    const layer = new PadImage({
      margins: [
        [1, 2],
        [0, 3],
      ],
      border: 'reflect',
    });
    const model = tf.sequential({
      layers: [tf.layers.inputLayer({ inputShape: [5, 6, 2] }), layer],
    });
    const x = unitTensor(1, [2, 5, 6, 2]) as tf.Tensor4D;
    const y = model.predict(x) as tf.Tensor4D;
    expect(y.shape).toEqual([2, 8, 9, 2]);
    expect(model.outputs[0]!.shape).toEqual([null, 8, 9, 2]);
    const want = padImage(
      x,
      [
        [1, 2],
        [0, 3],
      ],
      { border: 'reflect' },
    );
    expect([...y.dataSync()]).toEqual([...want.dataSync()]);
    const { rows, columns } = layer.matrices([5, 6]);
    expect([...resample(x, rows, columns).dataSync()]).toEqual([...want.dataSync()]);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    expect([...(loaded.predict(x) as tf.Tensor).dataSync()]).toEqual([...want.dataSync()]);
    expect(layer.multiplyAdds()).toBe(0);
    tf.dispose([x, y, want, rows, columns]);
  });

  it('lets max-blur and avg-blur keep their size with circular padding', () => {
    for (const Layer of [MaxBlurPool, AvgBlurPool]) {
      const layer = new Layer({ padding: 'circular', poolSize: 3 });
      expect(layer.computeOutputShape([null, 8, 10, 2])).toEqual([null, 4, 5, 2]);
      const x = tf.ones([1, 8, 10, 2]);
      const y = layer.apply(x) as tf.Tensor;
      expect(y.shape).toEqual([1, 4, 5, 2]);
      tf.dispose([x, y]);
    }
  });

  it.each([
    [() => new PadImage({ margins: -1 }), 'PadImage: margins must be an integer in [0, 16384] or'],
    [
      () => new PadImage({ margins: [1, 1] as never }),
      'PadImage: margins must be an integer in [0, 16384] or [[top, bottom], [left, right]]',
    ],
    [
      () => padImage(tf.ones([1, 3, 9, 1]), 3, { border: 'reflect' }),
      "padImage: margins must be < the size with border 'reflect', got 3 for size 3",
    ],
    [
      () => padImage(tf.ones([1, 3, 9, 1]), 1, { border: 'wrap' as never }),
      "padImage: border must be 'reflect', 'replicate', 'zero' or 'circular'",
    ],
    [() => padImage(tf.ones([3, 9, 1]) as never, 1), 'padImage: x must have rank 4'],
  ])('%s is an error that names the argument', (call, message) => {
    expect(call).toThrow(message);
  });
});
