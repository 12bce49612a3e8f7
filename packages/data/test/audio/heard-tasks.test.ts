import { describe, expect, it } from 'vitest';
import { heardTasks, type SoundInput } from '../../src/audio/index.js';

const input: SoundInput = {
  frontEnd: { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 16 },
  seconds: 0.1,
  mean: 0,
  std: 1,
  tasks: [
    { name: 'pitch', classes: ['low', 'middle', 'high'] },
    { name: 'birds', classes: ['wren', 'robin'], multiLabel: true },
  ],
};

const ln = Math.log;

describe('heardTasks', () => {
  it('gives the classes of one window in descending order', () => {
    // Logarithms of the odds: 1 : 2 : 5, 1 : 3 and 4 : 1.
    const pitch = Float32Array.of(ln(1), ln(2), ln(5));
    const birds = Float32Array.of(ln(1 / 3), ln(4));
    expect(heardTasks([pitch, birds], input)).toEqual([
      {
        task: 'pitch',
        classes: [
          { name: 'high', probability: expect.closeTo(5 / 8, 6) },
          { name: 'middle', probability: expect.closeTo(2 / 8, 6) },
          { name: 'low', probability: expect.closeTo(1 / 8, 6) },
        ],
      },
      {
        task: 'birds',
        classes: [
          { name: 'robin', probability: expect.closeTo(4 / 5, 6) },
          { name: 'wren', probability: expect.closeTo(1 / 4, 6) },
        ],
        multiLabel: true,
      },
    ]);
  });

  it('averages the probabilities of several windows, not their logits', () => {
    const pitch = [ln(1), ln(2), ln(5), ln(6), ln(1), ln(1)];
    const birds = [ln(1 / 3), ln(4), ln(1), ln(1)];
    const [heard, seen] = heardTasks([pitch, birds], input);
    const shareOf = (task: typeof heard, name: string) =>
      task!.classes.find((one) => one.name === name)!.probability;
    expect(shareOf(heard, 'low')).toBeCloseTo((1 / 8 + 6 / 8) / 2, 12);
    expect(shareOf(heard, 'middle')).toBeCloseTo((2 / 8 + 1 / 8) / 2, 12);
    expect(shareOf(heard, 'high')).toBeCloseTo((5 / 8 + 1 / 8) / 2, 12);
    expect(heard!.classes[0]!.name).toBe('low');
    expect(shareOf(seen, 'wren')).toBeCloseTo((1 / 4 + 1 / 2) / 2, 12);
    expect(shareOf(seen, 'robin')).toBeCloseTo((4 / 5 + 1 / 2) / 2, 12);
  });

  it('takes logits of any size', () => {
    const [heard, seen] = heardTasks(
      [
        [1000, 1000, -1000],
        [-1000, 1000],
      ],
      input,
    );
    expect(heard!.classes.map(({ probability }) => probability)).toEqual([0.5, 0.5, 0]);
    expect(seen!.classes.map(({ probability }) => probability)).toEqual([1, 0]);
  });

  it.each<[what: string, logits: number[][], message: string]>([
    [
      'an output too few',
      [[1, 2, 3]],
      'tasks must have one entry for each output of the network (1), got 2',
    ],
    [
      'half a window',
      [
        [1, 2, 3, 4],
        [1, 2],
      ],
      "logits[0] must have a multiple of 3 values, the classes of task 'pitch', got 4",
    ],
    [
      'no value',
      [[], []],
      "logits[0] must have a multiple of 3 values, the classes of task 'pitch', got 0",
    ],
    [
      'another number of classes',
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      "task 'birds' must have 3 classes, got 2",
    ],
    [
      'a value that is not finite',
      [
        [1, 2, 3],
        [0, Number.NaN],
      ],
      "the network's output for task 'birds' must be finite, got NaN at place 1",
    ],
  ])('refuses %s', (_what, logits, message) => {
    expect(() => heardTasks(logits, input)).toThrow(`heardTasks: ${message}`);
  });

  it.each<[unknown, string]>([
    [
      [
        [1, 2, 3],
        [1, '2'],
      ],
      'logits[1][1] must be a number, got "2"',
    ],
    [
      [
        [[1], [2], [3]],
        [1, 2],
      ],
      'logits[0][0] must be a number, got [1]',
    ],
    [
      [
        [1, null, 3],
        [1, 2],
      ],
      'logits[0][1] must be a number, got null',
    ],
  ])('refuses the logits %j', (logits, message) => {
    expect(() => heardTasks(logits as number[][], input)).toThrow(`heardTasks: ${message}`);
  });

  it.each<[unknown, string]>([
    [{ classes: ['a'] }, 'tasks must be an array, got { classes }'],
    [[{ classes: ['a'] }], 'tasks[0].name must be a non-empty string, got undefined'],
    [[{ name: 'a', classes: ['x', 7] }], 'tasks[0].classes[1] must be a non-empty string, got 7'],
    [
      [
        { name: 'a', classes: ['x'] },
        { name: 'a', classes: ['y'] },
      ],
      'tasks must have each task once, got ["a", "a"]',
    ],
  ])('refuses the tasks %j', (tasks, message) => {
    expect(() => heardTasks([[1], [1]], { ...input, tasks: tasks as never })).toThrow(
      `heardTasks: ${message}`,
    );
  });
});
