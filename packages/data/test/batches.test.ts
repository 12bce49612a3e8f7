import { relativeError } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type BatchOptions, batches, type ImageSet, subset } from '../src/index.js';

/** Images of 4×3 pixels and two channels. Every byte encodes its image and position. */
const set: ImageSet = {
  images: Uint8Array.from({ length: 5 * 24 }, (_, i) => (7 * i) % 256),
  labels: Uint8Array.from([0, 1, 2, 1, 0]),
  count: 5,
  shape: [4, 3, 2],
};
const plain: BatchOptions = { batchSize: 2, classes: 3, mean: [0.5, 0.25], std: [0.5, 2] };
const shuffled = { seed: 3, epoch: 0 };

/** The values of all batches of a pass. */
function values(options: BatchOptions): { images: number[]; labels: number[] }[] {
  return [...batches(set, options)].map(({ images, labels }) => {
    const batch = { images: [...images.dataSync()], labels: [...labels.dataSync()] };
    tf.dispose([images, labels]);
    return batch;
  });
}

describe('batches', () => {
  it('standardises in order, with a smaller last batch', () => {
    const all = values(plain);
    expect(all.map(({ labels }) => labels.length / 3)).toEqual([2, 2, 1]);
    expect(all[0]!.labels).toEqual([1, 0, 0, 0, 1, 0]);
    const want = Array.from(set.images, (byte, i) =>
      i % 2 === 0 ? (byte / 255 - 0.5) / 0.5 : (byte / 255 - 0.25) / 2,
    );
    expect(
      relativeError(
        all.flatMap(({ images }) => images),
        want,
      ),
    ).toBeLessThan(1e-6);
  });

  it('shuffles by seed and epoch, and yields every image once', () => {
    const order = (seed: number, epoch: number) =>
      values({ ...plain, shuffle: { seed, epoch } }).flatMap(({ images }) =>
        images.filter((_, i) => i % 24 === 0),
      );
    expect(order(3, 0)).toEqual(order(3, 0));
    expect(order(3, 0)).not.toEqual(order(3, 1));
    expect(order(3, 0)).not.toEqual(order(4, 0));
    expect(order(3, 0).sort()).toEqual(order(9, 5).sort());
  });

  it('draws every crop within the padding and both flips, and nothing else', () => {
    const one: ImageSet = { ...subset(set, 1, 0) };
    const seen = new Set<string>();
    const possible = new Set<string>();
    const at = (row: number, column: number, channel: number) =>
      row < 0 || row > 3 || column < 0 || column > 2
        ? 0
        : one.images[(row * 3 + column) * 2 + channel]!;
    for (const top of [-1, 0, 1])
      for (const left of [-1, 0, 1])
        for (const mirrored of [false, true]) {
          const image: number[] = [];
          for (let row = 0; row < 4; row++)
            for (let column = 0; column < 3; column++)
              for (let channel = 0; channel < 2; channel++)
                image.push(at(row + top, (mirrored ? 2 - column : column) + left, channel));
          possible.add(image.join());
        }
    for (let epoch = 0; epoch < 400; epoch++) {
      const options = {
        batchSize: 1,
        classes: 3,
        mean: [0, 0],
        std: [1 / 255, 1 / 255],
        shuffle: { seed: 1, epoch },
        augmentation: { padding: 1, flip: true },
      };
      for (const { images, labels } of batches(one, options)) {
        seen.add([...images.dataSync()].map(Math.round).join());
        tf.dispose([images, labels]);
      }
    }
    expect(seen).toEqual(possible);
  });

  it('mixes each image with the next one of its batch by one λ', () => {
    const [mixed] = values({ ...plain, batchSize: 5, shuffle: shuffled, mixup: 0.4 });
    const [clean] = values({ ...plain, batchSize: 5, shuffle: shuffled });
    // λ is computed from a coordinate in which two neighbours differ. It must fit all the others.
    const next = (i: number, size: number, list: number[]) => list[(i + size) % list.length]!;
    const at = clean!.labels.findIndex((value, i) => value !== next(i, 3, clean!.labels));
    const other = next(at, 3, clean!.labels);
    const lambda = (mixed!.labels[at]! - other) / (clean!.labels[at]! - other);
    expect(lambda).toBeGreaterThan(0);
    expect(lambda).toBeLessThan(1);
    const mix = (list: number[], size: number) =>
      list.map((value, i) => lambda * value + (1 - lambda) * next(i, size, list));
    expect(relativeError(mixed!.images, mix(clean!.images, 24))).toBeLessThan(1e-5);
    expect(relativeError(mixed!.labels, mix(clean!.labels, 3))).toBeLessThan(1e-5);
  });

  it.each([
    [{ batchSize: 0 }, 'batches: batchSize must be an integer >= 1, got 0'],
    [{ classes: 2 }, 'batches: classes must be > 2, the highest label, got 2'],
    [{ classes: 3.5 }, 'batches: classes must be an integer >= 1, got 3.5'],
    [{ std: [1, 0] }, 'batches: std[1] must be a finite number > 0, got 0'],
    [{ mean: [0, Number.NaN] }, 'batches: mean[1] must be a finite number, got NaN'],
    [
      { std: [1, Number.POSITIVE_INFINITY] },
      'batches: std[1] must be a finite number > 0, got Infinity',
    ],
    [{ mean: [0] }, 'batches: mean and std must have 2 values'],
    [{ mixup: -1, shuffle: shuffled }, 'batches: mixup must be a finite number >= 0, got -1'],
    [
      { augmentation: { padding: 0.5 }, shuffle: shuffled },
      'batches: augmentation.padding must be',
    ],
    [{ augmentation: { flip: true } }, 'batches: shuffle must give a seed for augmentation'],
  ])('throws on %j, and names the argument', (change, message) => {
    expect(() => values({ ...plain, ...change })).toThrow(message);
  });
});

describe('subset', () => {
  it('draws different images, and the same images for the same seed', () => {
    const first = (s: ImageSet) => [...s.images].filter((_, i) => i % 24 === 0);
    expect(new Set(first(subset(set, 4, 1))).size).toBe(4);
    expect(first(subset(set, 4, 1))).toEqual(first(subset(set, 4, 1)));
    expect(subset(set, 5, 1)).toBe(set);
    // Classes 0 and 1 have two of the five images each, so a draw of four has one or two of each.
    for (let seed = 0; seed < 9; seed++) {
      const { labels } = subset(set, 4, seed);
      for (const label of [0, 1]) expect(labels).toContain(label);
    }
    expect(() => subset(set, 6, 1)).toThrow('subset: count must be an integer in 1 … 5, got 6');
  });
});
