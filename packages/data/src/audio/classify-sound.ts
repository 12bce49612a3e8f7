import { refuse, requireFunction, requireTensor } from '@ds/checks';
import { clone, type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { counted } from '../left-out.js';
import { type HeardTask, tasksHeard } from './heard-tasks.js';
import { preparedSound } from './prepare-sound.js';
import type { SoundInput } from './sound-input.js';

/**
 * Classifies a sound from a file or a microphone with a trained network of tfjs, in Node and in
 * browsers: {@link prepareSound}, the network, {@link heardTasks}.
 *
 * @param predict the network, `(x) => model.predict(x)`: [windows, frames, bands, 1] to logits, one
 *   tensor for each task.
 * @param samples one channel, in [−1, 1].
 * @throws ConfigError if there are no samples, if the network's outputs do not fit the tasks or the
 *   windows, or if a sample, a spectrogram value or a probability is not finite.
 */
export async function classifySound(
  predict: (spectrograms: Tensor) => Tensor | Tensor[],
  samples: Float32Array,
  sampleRate: number,
  input: SoundInput,
): Promise<HeardTask[]> {
  return soundClassified('classifySound', predict, samples, sampleRate, input);
}

/** {@link classifySound} for the function `op`, which errors name. */
export async function soundClassified(
  op: string,
  predict: (spectrograms: Tensor) => Tensor | Tensor[],
  samples: Float32Array,
  sampleRate: number,
  input: SoundInput,
): Promise<HeardTask[]> {
  requireFunction(op, 'predict', predict);
  const { values, shape } = preparedSound(op, samples, sampleRate, input);
  const outputs = tidy(() =>
    [predict(tensor4d(values, shape))].flat().map((output, i) => {
      requireOutput(op, `predict's result[${i}]`, output, shape[0]);
      // A clone, since the network may keep its output.
      return clone(output);
    }),
  );
  try {
    const logits = await Promise.all(outputs.map((output) => output.data()));
    return tasksHeard(op, logits, shape[0], input);
  } finally {
    for (const output of outputs) output.dispose();
  }
}

/** @throws ConfigError if a value is not a tensor, or has another number of rows. */
function requireOutput(op: string, name: string, output: Tensor, windows: number): void {
  requireTensor(op, name, output, { dtype: 'real' });
  const [rows] = output.shape;
  if (output.rank === 2 && rows !== windows) {
    refuse(op, name, `have ${counted(windows, 'row')}, one for each window`, rows);
  }
}
