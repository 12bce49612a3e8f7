import {
  ConfigError,
  numberIn,
  requireInteger,
  requireNumber,
  requireNumbers,
  requireObject,
  requireOptions,
  requireSize,
  requireString,
} from '@ds/checks';
import type { PoolingName } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNorm,
  type ConvolutionStyle,
  convolution,
  type Downsampling,
  reduction,
  relu,
  requirePooling,
} from './convolution.js';
import { MOST_CLASSES, requireNumbersOrPairs } from './residual-network.js';
import { seedsOf } from './seeds.js';

/** Options of {@link audioCnn}. */
export interface AudioCnnOptions {
  /** [time, frequency, channels] of the spectrograms. */
  inputShape: [number, number, number];
  /** Number of classes ≥ 2 of each task by its name: one head each, in this order. */
  tasks: Record<string, number>;
  /** `'conv'` (strided convolutions) or any registered pooling. Default `'diffstride'`. */
  pooling?: 'conv' | PoolingName;
  /** Strides of each block along time and frequency, or one number for both. Default 2. */
  strides?: (number | [number, number])[];
  /** Passed to the pooling besides its strides: smoothness, norm, … */
  poolingConfig?: Record<string, unknown>;
  /** Filters of each block. Default [64, 128, 256, 256, 512, 512]. */
  widths?: number[];
  /** L2 on kernels, part of the model's losses. Default 0. */
  weightDecay?: number;
  /** Makes the initial weights reproducible, and the draws of random poolings. */
  seed?: number;
}

/** The most filters of a block. */
const WIDEST = 8192;

/**
 * The 2-D convolutional network of the audio experiments (Riad et al. 2022, section on audio; Tagliasacchi et al. 2019), on
 * spectrograms: blocks that convolve along time (3×1) and then along frequency (1×3), ReLU, batch norm, and a pooling whose
 * strides for time and frequency are two; then the maximum over what is left, and a dense head for each task. It returns logits,
 * one output a task. With `'conv'` the two convolutions of a block stride, each along its own axis. He-normal kernels, no
 * convolution bias.
 *
 * Shapes: `[batch, time, frequency, channels]` → `[batch, classes]` for each task. Any time and frequency.
 *
 * @throws ConfigError if a task has fewer than two classes or there is none, widths and strides differ in number, strides are not ≥ 1
 *   (integers for `'conv'`), the pooling is not registered, or another option is out of its range.
 */
export function audioCnn(options: AudioCnnOptions): tfl.LayersModel {
  const op = 'audioCnn';
  requireOptions<AudioCnnOptions>(
    op,
    'options',
    options,
    {
      inputShape: requireNumbersOrPairs,
      tasks: requireObject,
      pooling: requireString,
      strides: requireNumbersOrPairs,
      poolingConfig: requireObject,
      widths: (fn, name, value) => {
        requireNumbersOrPairs(fn, name, value);
        for (const width of value as number[]) requireNumber(fn, name, width, undefined, WIDEST);
      },
      weightDecay: numberIn(0),
      seed: requireInteger,
    },
    ['inputShape', 'tasks'],
  );
  const { inputShape, tasks, pooling = 'diffstride', poolingConfig = {}, seed } = options;
  const { widths = [64, 128, 256, 256, 512, 512], weightDecay = 0 } = options;
  const strides = options.strides ?? widths.map(() => 2);
  requireNetwork(op, { inputShape, tasks, strides, widths });
  requirePooling(op, strides, { pooling, poolingConfig });
  const seeds = seedsOf(seed);
  const style: ConvolutionStyle = { weightDecay, nextSeed: seeds.kernels };
  const downsampling: Downsampling = { pooling, poolingConfig, nextSeed: seeds.poolings };
  const input = tfl.input({ shape: inputShape, name: 'spectrogram' });
  let x: tfl.SymbolicTensor = input;
  widths.forEach((filters, i) => {
    const name = `block${i + 1}`;
    const reduce = reduction(op, `${name}.pool`, strides[i]!, downsampling);
    const [alongTime, alongFrequency] = reduce.convStrides;
    x = convolution(x, `${name}.time`, filters, [3, 1], [alongTime, 1], style);
    x = convolution(x, `${name}.frequency`, filters, [1, 3], [1, alongFrequency], style);
    x = batchNorm(relu(x, `${name}.relu`), `${name}.bn`);
    x = reduce.pool([x])[0]!;
  });
  const heard = tfl.layers.globalMaxPooling2d({ name: 'max' }).apply(x);
  const outputs = Object.entries(tasks).map(
    ([task, classes]) =>
      tfl.layers
        .dense({
          name: task,
          units: classes,
          kernelInitializer: tfl.initializers.heNormal({ seed: style.nextSeed() }),
          kernelRegularizer: weightDecay > 0 ? tfl.regularizers.l2({ l2: weightDecay }) : undefined,
        })
        .apply(heard) as tfl.SymbolicTensor,
  );
  return tfl.model({ name: op, inputs: input, outputs });
}

function requireNetwork(
  op: string,
  given: Required<Pick<AudioCnnOptions, 'inputShape' | 'tasks' | 'strides' | 'widths'>>,
): void {
  const { inputShape, tasks, strides, widths } = given;
  const fail = (rule: string, value: unknown): never => {
    throw new ConfigError(`${op}: ${rule}, got ${value}`);
  };
  const positive = (n: number) => Number.isInteger(n) && n >= 1;
  if (inputShape.length !== 3 || !inputShape.every(positive)) {
    fail('inputShape must be [time, frequency, channels], integers >= 1', `[${inputShape}]`);
  }
  requireNumbers(op, 'inputShape', inputShape, 3, requireSize);
  if (Object.keys(tasks).length === 0) fail('tasks must name at least one', 'none');
  for (const [task, classes] of Object.entries(tasks)) {
    if (!Number.isInteger(classes) || classes < 2 || classes > MOST_CLASSES) {
      fail(`tasks.${task} must be an integer >= 2 (its classes)`, classes);
    }
  }
  if (widths.length === 0 || !widths.every(positive)) {
    fail('widths must be integers >= 1, one a block', `[${widths}]`);
  }
  if (strides.length !== widths.length) {
    fail(`strides must be ${widths.length}, one a block`, strides.length);
  }
  if (!strides.flat().every((stride) => Number.isFinite(stride) && stride >= 1)) {
    fail(
      'strides must be >= 1',
      `[${strides.map((one) => `(${[one].flat().join(', ')})`).join(' ')}]`,
    );
  }
}
