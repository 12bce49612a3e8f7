import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { ModelRun } from '../src/model-run.js';

it('begins with other arguments, or after the most calls of a run', () => {
  const run = new ModelRun();
  const [first, second] = [{}, {}];
  expect([first, first, first, second].map((kwargs) => run.begins(kwargs, 2))).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

it('lasts as long as a gradient tape, with any arguments', () => {
  const run = new ModelRun();
  const step = () => {
    const begun: boolean[] = [];
    const slope = tf.grad((x) => {
      begun.push(run.begins({}), run.begins({}));
      return tf.square(x);
    });
    tf.tidy(() => void slope(tf.scalar(1)));
    return begun;
  };
  expect([step(), step()]).toEqual([
    [true, false],
    [true, false],
  ]);
  // The tape has ended.
  expect([run.begins({}), run.begins({})]).toEqual([true, true]);
});
