import { describe, expect, it } from 'vitest';
import { holdOutSounds, subsetOfSounds } from '../../src/index.js';

const dataset = {
  tasks: [
    { name: 'pitch', classes: ['low', 'high'] },
    { name: 'voice', classes: ['a', 'b', 'c'] },
  ],
};
/** Twelve clips of each pair of classes, sorted by file name. */
const clips = Array.from({ length: 72 }, (_, i) => ({
  file: `${i}.wav`,
  labels: [Math.floor(i / 36), Math.floor(i / 12) % 3],
  source: `${i}`,
}));

describe('subsetOfSounds', () => {
  it('keeps the proportion of each pair of classes, drawn by the seed', () => {
    const drawn = subsetOfSounds(dataset, clips, 24, 5);
    for (const pitch of [0, 1]) {
      for (const voice of [0, 1, 2]) {
        const own = drawn.filter(({ labels }) => `${labels}` === `${[pitch, voice]}`);
        expect(own).toHaveLength(4);
      }
    }
    expect(new Set(drawn).size).toBe(24);
    expect(subsetOfSounds(dataset, clips, 24, 5)).toEqual(drawn);
    expect(subsetOfSounds(dataset, clips, 24, 6)).not.toEqual(drawn);
  });

  it('stratifies by the given tasks, in a random order, also for all clips', () => {
    const drawn = subsetOfSounds(dataset, clips, 6, 1, ['voice']);
    for (const voice of [0, 1, 2]) {
      expect(drawn.filter(({ labels }) => labels[1] === voice)).toHaveLength(2);
    }
    const all = subsetOfSounds(dataset, clips, 72, 1);
    expect(new Set(all)).toEqual(new Set(clips));
    expect(all).not.toEqual(clips);
  });

  it('names the wrong argument', () => {
    expect(() => subsetOfSounds(dataset, clips, 73, 1)).toThrow(
      'subsetOfSounds: count must be an integer in 1 … 72, got 73',
    );
    expect(() => subsetOfSounds(dataset, clips, 3, 1, ['mood'])).toThrow(
      "subsetOfSounds: tasks must be some of pitch, voice, got 'mood'",
    );
  });

  it.each<[unknown, string]>([
    [{ labels: [2, 0] }, "the label of 3.wav for task 'pitch' must be an integer in 0 … 1, got 2"],
    [
      { labels: [0, [1]] },
      "the label of 3.wav for task 'voice' must be an integer in 0 … 2, got [1]",
    ],
    [{ labels: [0] }, 'clips[3].labels must have 2 values, got 1'],
    [{ file: 3 }, 'clips[3].file must be a non-empty string, got 3'],
  ])('refuses a clip with %j', (wrong, message) => {
    const others = clips.with(3, { ...clips[3]!, ...(wrong as object) });
    expect(() => subsetOfSounds(dataset, others, 3, 1)).toThrow(`subsetOfSounds: ${message}`);
    expect(() => holdOutSounds(dataset, others, 3, 1)).toThrow(`holdOutSounds: ${message}`);
  });

  it('stratifies several labels by their sets', () => {
    const tasks = [{ name: 'heard', classes: ['wren', 'robin'], multiLabel: true as const }];
    const sets = [[], [0], [0, 1]];
    const several = clips.map((clip, i) => ({ ...clip, labels: [sets[i % 3]!] }));
    const drawn = subsetOfSounds({ tasks }, several, 24, 5);
    for (const set of sets) {
      expect(drawn.filter(({ labels }) => `${labels[0]}` === `${set}`)).toHaveLength(8);
    }
  });
});
