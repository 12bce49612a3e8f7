import { batches, type ImageSet } from '@ds/data/batches';
import { costReport, strideVariables } from '@ds/models';
import { complexityLoss, strideComplexity } from '@ds/regularizer';
import { cosine, sgd, standardGroups, train } from '@ds/train';
import { softmax, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { model as functionalModel, type LayersModel } from '@tensorflow/tfjs-layers';
import {
  DIGIT_SIDE,
  type DigitNetOptions,
  digitNet,
  possibleStrides,
  WHOLE_STRIDES,
} from '../net/digit-net.js';
import { loadDigits, MEAN, STD, standardised } from '../net/digits.js';
import type { PageBackend } from './page-backends.js';
import { startBackend } from './tfjs.js';

/** The settings of a run. */
export interface LearnSettings extends DigitNetOptions {
  lambda: number;
  /** Default 12. */
  epochs?: number;
}

/** The state of a run after a step, and again after each epoch. */
export interface LearnProgress {
  step: number;
  steps: number;
  loss: number;
  accuracy: number;
  /** The accuracy on the test digits after the last epoch. `null` before the first. */
  testAccuracy: number | null;
  /** The step after which `testAccuracy` was measured. */
  testedAt: number | null;
  complexity: number;
  /** Multiply-adds for one digit at the current strides. */
  macs: number;
  /** [S_h, S_w] of both poolings. */
  strides: [number, number][];
}

/** The output of a pooling for one digit: its first channels in grey. */
export interface FeatureMaps {
  layer: string;
  height: number;
  width: number;
  channels: Uint8ClampedArray[];
}

const BATCH = 32;
const EPOCHS = 12;
const SHOWN_CHANNELS = 8;

let digits: { train: ImageSet; test: ImageSet } | null = null;
let net: LayersModel | null = null;
let settings: LearnSettings | null = null;
let isPaused = true;
/** Single steps requested during a pause. */
let owed = 0;
let wake: () => void = () => {};
let controller = new AbortController();
let training: Promise<unknown> = Promise.resolve();

export const learnApi = {
  async start(backend: PageBackend) {
    const info = await startBackend(backend);
    digits ??= { train: await loadDigits('train'), test: await loadDigits('test') };
    return info;
  },

  /** Starts a new run, paused. Calls `onProgress` after each step, `onFailed` after an error. */
  async begin(
    wanted: LearnSettings,
    onProgress: (progress: LearnProgress) => void,
    onFailed: (message: string) => void,
  ): Promise<LearnProgress> {
    await learnApi.end();
    settings = wanted;
    isPaused = true;
    owed = 0;
    controller = new AbortController();
    net = digitNet(wanted);
    const { epochs = EPOCHS } = wanted;
    const steps = epochs * Math.ceil(digits!.train.count / BATCH);
    const model = net;
    const { signal } = controller;
    let testAccuracy: number | null = null;
    let testedAt: number | null = null;
    const progressOf = (step: number, loss: number, accuracy: number) => ({
      step,
      steps,
      loss,
      accuracy,
      testAccuracy,
      testedAt,
      ...costOf(model, wanted),
    });
    const first = progressOf(0, Number.NaN, Number.NaN);
    let last: LearnProgress = first;
    const optimizer = sgd({ momentum: 0.9 });
    const strides = strideVariables(model);
    training = train(model, {
      batches: (epoch) => gated(epoch, wanted.seed, signal),
      evaluation: () => batches(digits!.test, input),
      epochs,
      optimizer,
      schedule: cosine(0.05, steps),
      groups: standardGroups({ strideLearningRateScale: 8 }),
      penalty: wanted.lambda > 0 ? complexityLoss(() => strides, wanted.lambda) : undefined,
      signal,
      // The page shows each step, on a GPU too.
      readEvery: 1,
      onEvent: (event) => {
        if (event.type === 'step') last = progressOf(event.step + 1, event.loss, event.accuracy);
        else {
          testAccuracy = event.evaluation?.accuracy ?? null;
          testedAt = last.step;
          last = { ...last, testAccuracy, testedAt };
        }
        if (!signal.aborted) onProgress(last);
      },
    })
      .catch((error) => {
        if (!signal.aborted) onFailed(error.message);
      })
      .finally(() => optimizer.dispose());
    return first;
  },

  /**
   * The initial strides with which a digit costs nearest to this number of multiply-adds. They are
   * from 1 to 4: whole numbers if the pooling needs them, else multiples of ½.
   */
  stridesOfWork(pooling: string, smoothness: number, macs: number): [number, number] {
    const step = WHOLE_STRIDES.has(pooling) ? 1 : 0.5;
    const sides = Array.from({ length: 3 / step + 1 }, (_, i) => 1 + i * step);
    const farness = ([first, second]: [number, number]) => {
      const candidate = { pooling, strides: [first, second] as [number, number], smoothness };
      const network = digitNet({ ...candidate, seed: 1 });
      const work = workOf(network);
      network.dispose();
      return Math.abs(Math.log(work / macs));
    };
    const all = sides.flatMap((first) =>
      sides.map((second) => {
        const strides: [number, number] = [first, second];
        return { strides, farness: farness(strides) };
      }),
    );
    return all.reduce((best, one) => (one.farness < best.farness ? one : best)).strides;
  },

  play() {
    running();
    isPaused = false;
    wake();
  },

  pause() {
    running();
    isPaused = true;
  },

  step() {
    running();
    owed += 1;
    wake();
  },

  /** Ends the run and frees its network. */
  async end() {
    controller.abort();
    wake();
    await training;
    net?.dispose();
    net = null;
  },

  /** The probabilities of the ten classes for a digit of 32×32 bytes. */
  async classify(bytes: Uint8Array): Promise<Float32Array> {
    const y = tidy(() => softmax(running().predict(digitTensor(bytes)) as Tensor));
    const values = (await y.data()) as Float32Array;
    y.dispose();
    return values;
  },

  /** The outputs of both poolings for a digit. */
  async featureMaps(bytes: Uint8Array): Promise<FeatureMaps[]> {
    const model = running();
    const names = settings!.pooling === 'conv' ? ['conv1', 'conv2'] : ['pool1', 'pool2'];
    const outputs = names.map((name) => model.getLayer(name).output as never);
    const inner = functionalModel({ inputs: model.inputs, outputs });
    const maps = tidy(() => inner.predict(digitTensor(bytes))) as Tensor[];
    const found: FeatureMaps[] = [];
    for (const [i, map] of maps.entries()) {
      const [, height, width, depth] = map.shape as [number, number, number, number];
      const values = await map.data();
      map.dispose();
      const channels = Array.from({ length: Math.min(SHOWN_CHANNELS, depth) }, (_, channel) => {
        const plane = Float32Array.from(
          { length: height * width },
          (_, pixel) => values[pixel * depth + channel]!,
        );
        const lowest = plane.reduce((a, b) => Math.min(a, b));
        const range = plane.reduce((a, b) => Math.max(a, b)) - lowest || 1;
        return Uint8ClampedArray.from(plane, (value) => (255 * (value - lowest)) / range);
      });
      found.push({ layer: names[i]!, height, width, channels });
    }
    return found;
  },

  /** A digit of the test set, 32×32 bytes. */
  digit(index: number): Uint8Array {
    const size = DIGIT_SIDE * DIGIT_SIDE;
    return digits!.test.images.slice(index * size, (index + 1) * size);
  },
};

const input = { batchSize: BATCH, classes: 10, mean: MEAN, std: STD };

/** The batches of an epoch. Each waits until the run plays or a single step is requested. */
async function* gated(epoch: number, seed: number, signal: AbortSignal) {
  for (const batch of batches(digits!.train, {
    ...input,
    shuffle: { seed, epoch },
    augmentation: { padding: 2 },
  })) {
    while (isPaused && owed === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (owed > 0) owed -= 1;
    yield batch;
  }
}

function running(): LayersModel {
  if (!net) throw new Error('learn: there is no network yet');
  return net;
}

function digitTensor(bytes: Uint8Array) {
  return tensor4d(standardised(bytes), [1, DIGIT_SIDE, DIGIT_SIDE, 1]);
}

function costOf(model: LayersModel, { pooling, strides: initial }: LearnSettings) {
  const learned = strideVariables(model);
  const strides =
    learned.length > 0
      ? learned.map((entry) => entry.strides as [number, number])
      : possibleStrides(pooling, initial).map((stride): [number, number] => [stride, stride]);
  return {
    strides,
    complexity: tidy(() => strideComplexity(strides).dataSync()[0]!),
    macs: workOf(model),
  };
}

/** Multiply-adds for one digit. */
function workOf(model: LayersModel): number {
  const layers = costReport(model, [DIGIT_SIDE, DIGIT_SIDE, 1]);
  return layers.reduce((total, { macs }) => total + macs, 0);
}
