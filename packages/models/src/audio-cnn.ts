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
import { builtWhole } from './built-whole.js';
import {
  batchNorm,
  type ConvolutionPadding,
  type ConvolutionStyle,
  classifier,
  convolution,
  type Downsampling,
  reduction,
  relu,
  requirePooling,
} from './convolution.js';
import {
  checkPadding,
  MOST_CLASSES,
  requireNumberList,
  requireNumbersOrPairs,
} from './residual-network.js';
import { seedsOf } from './seeds.js';

/** Options of {@link audioCnn}. */
export interface AudioCnnOptions {
  /** [time, frequency, channels] of the spectrograms. */
  inputShape: [number, number, number];
  /** Number of classes ≥ 2 of each task, by name. Each task has one head, in this order. */
  tasks: Record<string, number>;
  /** `'conv'` (strided convolutions) or any registered pooling. Default `'diffstride'`. */
  pooling?: 'conv' | PoolingName;
  /** Strides of each block along time and frequency, or one number for both. Default 2. */
  strides?: readonly (number | readonly [number, number])[];
  /** Options of the pooling without strides: smoothness, norm, … */
  poolingConfig?: Record<string, unknown>;
  /** Filters of each block. Default [64, 128, 256, 256, 512, 512]. */
  widths?: number[];
  /** Padding of convolutions, as in `resnet18`. Default `'same'`. */
  padding?: ConvolutionPadding;
  /** L2 penalty on kernels, in the model's losses. Default 0. */
  weightDecay?: number;
  /** Seed of the initial weights and of the draws of random poolings. */
  seed?: number;
}

/** The largest number of filters in a block. */
const WIDEST = 8192;

/**
 * The 2-D convolutional network of the audio experiments (Riad et al. 2022, section on audio;
 * Tagliasacchi et al. 2019), on spectrograms. It returns logits, one output per task.
 *
 * A block convolves along time (3×1), then along frequency (1×3), followed by ReLU, batch norm, and
 * a pooling with one stride for time and one for frequency. After the blocks come the maximum over
 * time and frequency, and a dense head for each task. With `'conv'` each convolution of a block
 * strides along its own axis. Kernels start He-normal. Convolutions have no bias.
 *
 * Shapes: `[batch, time, frequency, channels]` → `[batch, classes]` for each task. Any time and
 * frequency.
 *
 * @throws ConfigError if there is no task, a task has no name or that of another layer, or fewer
 *   than two classes, widths and strides differ in number, strides are not numbers or pairs ≥ 1
 *   (integers for `'conv'`), the pooling is not registered, or another option is out of its range.
 */
export function audioCnn(options: AudioCnnOptions): tfl.LayersModel {
  return builtWhole(() => buildAudioCnn(options));
}

function buildAudioCnn(options: AudioCnnOptions): tfl.LayersModel {
  const op = 'audioCnn';
  requireOptions<AudioCnnOptions>(
    op,
    'options',
    options,
    {
      inputShape: requireNumberList,
      tasks: requireObject,
      pooling: requireString,
      strides: requireNumbersOrPairs,
      poolingConfig: requireObject,
      widths: (fn, name, value) => {
        requireNumberList(fn, name, value);
        for (const width of value as number[]) requireNumber(fn, name, width, undefined, WIDEST);
      },
      padding: checkPadding,
      weightDecay: numberIn(0),
      seed: requireInteger,
    },
    ['inputShape', 'tasks'],
  );
  const { inputShape, tasks, pooling = 'diffstride', poolingConfig = {}, seed } = options;
  const { widths = [64, 128, 256, 256, 512, 512], weightDecay = 0, padding = 'same' } = options;
  const strides = options.strides ?? widths.map(() => 2);
  requireNetwork(op, { inputShape, tasks, strides, widths });
  requirePooling(op, strides, { pooling, poolingConfig, padding });
  const seeds = seedsOf(seed);
  const style: ConvolutionStyle = { weightDecay, nextSeed: seeds.kernels, padding };
  const downsampling: Downsampling = {
    pooling,
    poolingConfig,
    nextSeed: seeds.poolings,
    padding,
  };
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
  const heard = tfl.layers.globalMaxPooling2d({ name: 'max' }).apply(x) as tfl.SymbolicTensor;
  const outputs = Object.entries(tasks).map(([task, classes]) =>
    classifier(heard, task, classes, style),
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
  if (Object.keys(tasks).length === 0) fail('tasks must have at least one task', 'none');
  const taken = layerNames(widths.length);
  for (const [task, classes] of Object.entries(tasks)) {
    if (task === '') fail('tasks must have names of one character or more', "''");
    if (!/^[\w.][\w.\-/]*$/.test(task)) {
      fail(
        'tasks must have names of letters, digits and _ . - / only, as weights of tfjs',
        `'${task}'`,
      );
    }
    if (Object.keys(tasks).length > 1 && /^(0|[1-9]\d*)$/.test(task)) {
      fail('tasks must have other names than numbers, which JavaScript would sort', `'${task}'`);
    }
    if (taken.has(task)) fail('tasks must have other names than the layers', `'${task}'`);
    requireSize(op, `tasks.${task}`, classes, 2, MOST_CLASSES);
  }
  if (widths.length === 0 || !widths.every(positive)) {
    fail('widths must be integers >= 1, one per block', `[${widths}]`);
  }
  if (strides.length !== widths.length) {
    fail(`strides must have ${widths.length} values, one per block`, strides.length);
  }
  const shown = `[${strides.map((one) => `(${[one].flat().join(', ')})`).join(' ')}]`;
  if (strides.some((one) => Array.isArray(one) && one.length !== 2)) {
    fail('strides must be numbers or pairs [time, frequency]', shown);
  }
  if (!strides.flat().every((stride) => Number.isFinite(stride) && stride >= 1)) {
    fail('strides must be >= 1', shown);
  }
}

/** The suffixes of the layer names in a block. */
const PARTS = 'time time.padding frequency frequency.padding relu bn pool'.split(' ');

/** The names of all layers but the heads. */
function layerNames(blocks: number): Set<string> {
  const ofBlocks = Array.from({ length: blocks }, (_, i) =>
    PARTS.map((part) => `block${i + 1}.${part}`),
  );
  return new Set(['spectrogram', 'max', ...ofBlocks.flat()]);
}
