import {
  ConfigError,
  requireFunction,
  requireList,
  requireNumber,
  requireObject,
  requirePositive,
} from '@ds/checks';
import {
  sigmoid,
  softmax,
  type Tensor,
  type Tensor2D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { requireSeconds } from './require-seconds.js';
import { requireRate, requireSamples, resampleSound } from './resample-sound.js';
import { Spectrogram, type SpectrogramOptions } from './spectrogram.js';

/** What `classifySound` needs to know about a trained network. It can be stored as JSON. */
export interface SoundInput {
  frontEnd: SpectrogramOptions;
  /** Length of the training window. */
  seconds: number;
  mean: number;
  std: number;
  /**
   * The network's outputs in order, with their classes. An output of a `multiLabel` task has a
   * sigmoid for each class, others have a softmax.
   */
  tasks: { name: string; classes: string[]; multiLabel?: true }[];
}

/** What a network predicts for a sound. */
export interface HeardTask {
  task: string;
  /** Classes in descending order of probability. The probabilities sum to 1 unless `multiLabel`. */
  classes: { name: string; probability: number }[];
  /** Whether a sound has any number of the classes. */
  multiLabel?: true;
}

/**
 * Classifies a sound from a file or a microphone with a trained network, in Node and in browsers.
 * The sound is resampled and turned into spectrograms as in training. A short sound is padded with
 * zeros to one window. A long sound is split into windows that overlap by half, and their
 * probabilities are averaged.
 *
 * @param predict the network, `(x) => model.predict(x)`: [windows, frames, bands, 1] to logits, one
 *   tensor for each task.
 * @param samples one channel, in [−1, 1].
 * @throws ConfigError if there are no samples, if the network's outputs do not fit the tasks, or if
 *   a sample, a spectrogram value or a probability is not finite.
 */
export async function classifySound(
  predict: (spectrograms: Tensor) => Tensor | Tensor[],
  samples: Float32Array,
  sampleRate: number,
  input: SoundInput,
): Promise<HeardTask[]> {
  requireFunction('classifySound', 'predict', predict);
  requireSamples('classifySound', 'samples', samples);
  requireRate('classifySound', 'sampleRate', sampleRate);
  requireObject('classifySound', 'input', input);
  const { frontEnd, seconds, mean, std, tasks } = input;
  requireObject('classifySound', 'frontEnd', frontEnd);
  requireSeconds('classifySound', 'seconds', seconds);
  requireNumber('classifySound', 'mean', mean);
  requirePositive('classifySound', 'std', std);
  requireList('classifySound', 'tasks', tasks);
  if (samples.length === 0)
    throw new ConfigError('classifySound: samples must be at least one, got none');
  requireFinite('samples', samples);
  const spectrogram = new Spectrogram(frontEnd);
  const windows = windowsOf(
    resampleSound(samples, sampleRate, frontEnd.sampleRate),
    Math.round(seconds * frontEnd.sampleRate),
  );
  const frames = spectrogram.frames(windows[0]!.length);
  const size = frames * spectrogram.bands;
  const values = new Float32Array(windows.length * size);
  windows.forEach((window, i) => {
    spectrogram.transform(window, values.subarray(i * size, (i + 1) * size));
  });
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) / std;
  requireFinite('the spectrogram of samples', values);
  const outputs = tidy(() => {
    const x = tensor4d(values, [windows.length, frames, spectrogram.bands, 1]);
    return [predict(x)]
      .flat()
      .map((logits, i) => (tasks[i]?.multiLabel ? sigmoid : softmax)(logits as Tensor2D));
  });
  try {
    if (outputs.length !== tasks.length) {
      throw new ConfigError(
        `classifySound: tasks must be ${outputs.length}, ` +
          `as many as the network has outputs, got ${tasks.length}`,
      );
    }
    return await Promise.all(
      tasks.map(async ({ name: task, classes, multiLabel }, i) => {
        const probabilities = (await outputs[i]!.data()) as Float32Array;
        if (probabilities.length !== classes.length * windows.length) {
          throw new ConfigError(
            `classifySound: task '${task}' must have ` +
              `${probabilities.length / windows.length} classes, got ${classes.length}`,
          );
        }
        requireFinite(`the network's output for task '${task}'`, probabilities);
        const means = classes.map((name, at) => {
          const sum = windows.reduce(
            (total, _, w) => total + probabilities[w * classes.length + at]!,
            0,
          );
          return { name, probability: sum / windows.length };
        });
        means.sort((a, b) => b.probability - a.probability);
        return { task, classes: means, ...(multiLabel && { multiLabel }) };
      }),
    );
  } finally {
    for (const output of outputs) output.dispose();
  }
}

function requireFinite(what: string, values: Float32Array): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new ConfigError(
      `classifySound: ${what} must be finite, got ${values[at]} at place ${at}`,
    );
  }
}

/** Cuts a sound into windows that overlap by half. A short sound is centred in one window. */
function windowsOf(samples: Float32Array, length: number): Float32Array[] {
  if (samples.length <= length) {
    const window = new Float32Array(length);
    window.set(samples, Math.floor((length - samples.length) / 2));
    return [window];
  }
  const count = 1 + Math.ceil((2 * (samples.length - length)) / length);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.round((i * (samples.length - length)) / (count - 1));
    return samples.subarray(start, start + length);
  });
}
