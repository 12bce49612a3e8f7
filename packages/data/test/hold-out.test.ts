import { describe, expect, it } from 'vitest';
import { holdOut, holdOutFiles, holdOutSounds } from '../src/hold-out.js';

/** Images of 1×2 pixels whose values are their number. Every third one has class 1. */
const images = (count: number) => ({
  images: Uint8Array.from({ length: 2 * count }, (_, i) => i),
  labels: Uint8Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1 : 0)),
  count,
  shape: [1, 2, 1] as [number, number, number],
});

describe('holdOut', () => {
  it('splits a set in two, class by class, with every image on one side', () => {
    const { train, validation } = holdOut(images(30), 12, 1);
    const numbers = (set: typeof train) => Array.from(set.images.filter((_, i) => i % 2 === 0));
    expect([train.count, validation.count]).toEqual([18, 12]);
    expect([...numbers(train), ...numbers(validation)].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => 2 * i),
    );
    expect(validation.labels.filter((label) => label === 1)).toHaveLength(4);
    // Pixels and labels stay together, and the training images in order.
    for (const set of [train, validation]) {
      numbers(set).forEach((value, i) => {
        expect(set.labels[i]).toBe((value / 2) % 3 === 0 ? 1 : 0);
        expect(set.images[2 * i + 1]).toBe(value + 1);
      });
    }
    expect(numbers(train)).toEqual(numbers(train).toSorted((a, b) => a - b));
    expect(holdOut(images(30), 12, 1)).toEqual({ train, validation });
    expect(holdOut(images(30), 12, 2).validation).not.toEqual(validation);
  });

  it('leaves at least one image to train on', () => {
    expect(holdOut(images(4), 3, 1).train.count).toBe(1);
    expect(() => holdOut(images(4), 4, 1)).toThrow(
      /^holdOut: count must be an integer in 1 … 3, got 4/,
    );
    expect(() => holdOut(images(1), 1, 1)).toThrow(
      'holdOut: set must have at least 2 examples, got 1',
    );
  });
});

describe('holdOutFiles', () => {
  it('splits files in two', () => {
    const files = Array.from({ length: 10 }, (_, i) => `${i}.png`);
    const labels = Uint16Array.from(files, (_, i) => i % 2);
    const { train, validation } = holdOutFiles({ files, labels, count: 10 }, 4, 1);
    expect([...train.files, ...validation.files].toSorted()).toEqual(files);
    expect([train.count, validation.count]).toEqual([6, 4]);
    expect(Array.from(validation.labels).toSorted()).toEqual([0, 0, 1, 1]);
    train.files.forEach((file, i) => {
      expect(train.labels[i]).toBe(Number.parseInt(file, 10) % 2);
    });
  });
});

describe('holdOutSounds', () => {
  const tasks = [{ name: 'word', classes: ['no', 'yes'] }];
  const clips = (sources: string[]) =>
    sources.map((source, i) => ({ file: `${i}.wav`, labels: [i % 2], source }));

  it('draws class by class if each clip has its own source', () => {
    const all = clips(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    const { train, validation } = holdOutSounds({ tasks }, all, 4, 1);
    expect(validation.map(({ labels }) => labels[0]).toSorted()).toEqual([0, 0, 1, 1]);
    expect(train).toEqual(all.filter((clip) => !validation.includes(clip)));
  });

  it('draws whole sources otherwise, and loses no clip', () => {
    const all = clips(['a', 'a', 'b', 'b', 'b', 'c', 'd', 'd']);
    for (let seed = 0; seed < 10; seed++) {
      const { train, validation } = holdOutSounds({ tasks }, all, 3, seed);
      expect(validation.length).toBeGreaterThanOrEqual(3);
      expect(validation.length).toBeLessThanOrEqual(5);
      expect(train.length + validation.length).toBe(8);
      const drawn = validation.map(({ source }) => source);
      expect(train.filter(({ source }) => drawn.includes(source))).toEqual([]);
    }
    expect(holdOutSounds({ tasks }, all, 3, 1)).toEqual(holdOutSounds({ tasks }, all, 3, 1));
  });

  it('refuses a clip without a source', () => {
    const all = clips(['a', 'b', undefined as never]);
    expect(() => holdOutSounds({ tasks }, all, 1, 1)).toThrow(
      'holdOutSounds: clips[2].source must be a non-empty string, got undefined',
    );
  });

  it('refuses to leave none', () => {
    expect(() => holdOutSounds({ tasks }, clips(['a', 'a', 'a']), 1, 1)).toThrow(
      'holdOutSounds: clips must have a source that is left to train on, got 1 sources of 3 clips',
    );
  });
});
