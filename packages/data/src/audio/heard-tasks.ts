import { ConfigError, refuse, requireArray, requireList } from '@ds/checks';
import { counted } from '../left-out.js';
import { requireFinite } from './require-finite.js';
import { requireSoundInput, type SoundInput } from './sound-input.js';

/** What a network predicts for a sound. */
export interface HeardTask {
  task: string;
  /** Classes in descending order of probability. The probabilities sum to 1 unless `multiLabel`. */
  classes: { name: string; probability: number }[];
  /** Whether a sound has any number of the classes. */
  multiLabel?: true;
}

/**
 * The classes in the outputs of a network for sounds, from any runtime. The probability of class k
 * is the mean over windows w of `softmax(z_w)_k`, or of `1 / (1 + e^{−z_wk})` for a `multiLabel`
 * task. {@link prepareSound} makes the network's input.
 *
 * Shapes: for each task, logits z [windows, classes], row-major.
 *
 * @param logits one array for each task, in the order of `input.tasks`.
 * @throws ConfigError if the outputs do not fit the tasks, or if a probability is not finite.
 */
export function heardTasks(logits: ArrayLike<number>[], input: SoundInput): HeardTask[] {
  const op = 'heardTasks';
  requireList(op, 'logits', logits);
  logits.forEach((output, i) => {
    requireArray(op, `logits[${i}]`, output);
  });
  requireSoundInput(op, input);
  const [{ name, classes }] = input.tasks as [SoundInput['tasks'][0]];
  const windows = (logits[0]?.length ?? 0) / classes.length;
  if (!Number.isInteger(windows) || windows === 0) {
    const rule = `have a multiple of ${classes.length} values, the classes of task '${name}'`;
    refuse(op, 'logits[0]', rule, logits[0]?.length);
  }
  return tasksHeard(op, logits, windows, input);
}

/** {@link heardTasks} for a known number of windows. Errors name the function `op`. */
export function tasksHeard(
  op: string,
  logits: ArrayLike<number>[],
  windows: number,
  { tasks }: SoundInput,
): HeardTask[] {
  if (logits.length !== tasks.length) {
    throw new ConfigError(
      `${op}: tasks must have one entry for each output of the network (${logits.length}), ` +
        `got ${tasks.length}`,
    );
  }
  return tasks.map(({ name: task, classes: names, multiLabel }, i) => {
    const output = logits[i]!;
    const count = names.length;
    if (output.length % windows !== 0) {
      throw new ConfigError(
        `${op}: the network's output for task '${task}' must have ${counted(windows, 'row')} ` +
          `of ${count} values, got ${counted(output.length, 'value')}`,
      );
    }
    if (output.length !== count * windows) {
      throw new ConfigError(
        `${op}: task '${task}' must have ${output.length / windows} classes, got ${count}`,
      );
    }
    // Nested lists have numbers deeper down.
    const wrong = Array.from(output).findIndex((value) => typeof value !== 'number');
    if (wrong >= 0) refuse(op, `logits[${i}][${wrong}]`, 'be a number', output[wrong]);
    const means = names.map(() => 0);
    for (let first = 0; first < output.length; first += count) {
      const row = names.map((_, k) => output[first + k]!);
      const probabilities = multiLabel ? row.map(sigmoid) : softmax(row);
      requireFinite(op, `the network's output for task '${task}'`, probabilities);
      probabilities.forEach((probability, k) => {
        means[k]! += probability / windows;
      });
    }
    const classes = names
      .map((name, k) => ({ name, probability: means[k]! }))
      .sort((a, b) => b.probability - a.probability);
    return { task, classes, ...(multiLabel && { multiLabel }) };
  });
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function softmax(logits: number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}
