import { softmax, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Picture } from './image-bytes.js';
import { REACH, SEEN_SIDE, INPUT_SIDE as SIDE } from './seen-side.js';

/** What a network predicts for a picture, and for the picture shifted by a pixel. */
export interface Seen {
  name: string;
  pooling: string;
  /** Share of test pictures that are right. */
  testAccuracy: number;
  /** Multiply-adds for one picture. */
  macs: number;
  /** The three most probable classes. */
  top: { name: string; probability: number }[];
  /**
   * The most probable class after each shift, row by row: up-left, up, up-right, left, none, right,
   * down-left, down, down-right.
   */
  shifted: { name: string; probability: number }[];
}

async function load() {
  const { cards, loadWeights } = await import('@ds/weights');
  const names = Object.keys(cards).filter((name) => name.startsWith('cifar10-'));
  return Promise.all(names.map((name) => loadWeights(name as 'cifar10-resnet18-conv')));
}

/** Every network for CIFAR-10 that `@ds/weights` has. They load with the first picture. */
let networks: ReturnType<typeof load> | null = null;

function loaded(): ReturnType<typeof load> {
  networks ??= load().catch((error) => {
    networks = null;
    throw error;
  });
  return networks;
}

export const seeApi = {
  /** Loads the networks, before the first picture. */
  async load(): Promise<void> {
    await loaded();
  },

  /** Classifies a picture of {@link SEEN_SIDE} pixels a side, cropped at each shift. */
  async see(picture: Picture): Promise<Seen[]> {
    const crops = cropsOf(picture);
    const seen: Seen[] = [];
    for (const { model, classes, prepare, card } of await loaded()) {
      const probabilities = tidy(() => softmax(model.predict(prepare(crops)) as Tensor));
      const values = (await probabilities.data()) as Float32Array;
      probabilities.dispose();
      const ranked = Array.from({ length: 9 }, (_, i) =>
        classes
          .map((name, k) => ({ name, probability: values[i * classes.length + k]! }))
          .sort((a, b) => b.probability - a.probability),
      );
      seen.push({
        name: card.name,
        pooling: card.network.pooling ?? 'diffstride',
        testAccuracy: card.results.accuracy,
        macs: card.macs,
        top: ranked[4]!.slice(0, 3),
        shifted: ranked.map(([best]) => best!),
      });
    }
    return seen;
  },
};

/** The nine crops of a picture, red, green and blue of each pixel in 0 … 255. */
function cropsOf({ width, data }: Picture): Uint8Array {
  const crops = new Uint8Array(9 * SIDE * SIDE * 3);
  let at = 0;
  // A picture that moves up shows a lower crop.
  for (const top of [2 * REACH, REACH, 0]) {
    for (const left of [2 * REACH, REACH, 0]) {
      for (let row = 0; row < SIDE; row++) {
        for (let column = 0; column < SIDE; column++) {
          const pixel = 4 * ((top + row) * width + left + column);
          for (let c = 0; c < 3; c++) crops[at++] = data[pixel + c]!;
        }
      }
    }
  }
  return crops;
}
