import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawBatch, readCorpus, windowStream } from '../../src/spans/corpus.js';
import { learnSpans, type SpanOptions } from '../../src/spans/learn-spans.js';
import { spanTable } from '../../src/spans/span-table.js';

let folder: string;
let text: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spans-'));
  text = path.join(folder, 'text.txt');
  // Each word repeats within a line, six characters later. A head that looks back that far can
  // predict the next character.
  const words = ['abc', 'bca', 'cab', 'acb'];
  const lines = Array.from({ length: 90 }, (_, i) => {
    const word = words[(i * i + 3) % words.length]!;
    return `${word} - ${word}; `;
  });
  await writeFile(text, lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = (): SpanOptions => ({
  text,
  steps: 40,
  batch: 4,
  window: 24,
  layers: 1,
  heads: 2,
  headSize: 8,
  maxSpan: 20,
  smoothness: 3,
  initialSpan: 5,
  penalty: 1e-3,
  positions: 'absolute',
  learningRate: 0.01,
  spanLearningRateScale: 20,
  seed: 1,
});

describe('learnSpans', () => {
  it('predicts better, and each head learns its own span within its bounds', async () => {
    const seen: number[] = [];
    const { bits, spans, attention, steps } = await learnSpans({
      ...options(),
      onStep: ({ step }) => seen.push(step),
    });
    expect(bits.after).toBeLessThan(bits.before - 1);
    const [heads] = spans as [number[]];
    expect(heads).toHaveLength(2);
    for (const span of heads) {
      expect(span).not.toBe(5);
      expect(span).toBeGreaterThanOrEqual(0);
      expect(span).toBeLessThanOrEqual(20);
    }
    expect(heads[0]).not.toBe(heads[1]);
    expect(attention.learned).toBeGreaterThan(0);
    expect([steps, seen.length]).toEqual([40, 40]);
  });

  it('gives the same numbers for the same seed, and stops at its signal', async () => {
    const few = { ...options(), steps: 3 };
    const [a, b, c] = [
      await learnSpans(few),
      await learnSpans(few),
      await learnSpans({ ...few, seed: 2 }),
    ];
    expect([b.bits, b.spans]).toEqual([a.bits, a.spans]);
    expect(c.bits).not.toEqual(a.bits);
    const controller = new AbortController();
    const stopped = await learnSpans({
      ...options(),
      signal: controller.signal,
      onStep: () => controller.abort(),
    });
    expect(stopped.steps).toBe(1);
  });

  it('keeps no tensor', async () => {
    await learnSpans({ ...options(), steps: 1 });
    const before = tf.memory().numTensors;
    await learnSpans({ ...options(), steps: 2 });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the corpus', () => {
  it('is windows of the text and what comes next', async () => {
    const corpus = await readCorpus(text, 24);
    const size = corpus.alphabet.length;
    const { inputs, next } = drawBatch(corpus.train, size, {
      window: 5,
      positions: 'absolute',
      batch: 2,
      random: windowStream(1),
    });
    const characters = tf.argMax(tf.slice(inputs, [0, 0, 0], [2, 5, size]), -1).arraySync();
    const following = tf.argMax(next, -1).arraySync();
    const whole = [...corpus.train].join();
    (characters as number[][]).forEach((row, b) => {
      expect((following as number[][])[b]!.slice(0, -1)).toEqual(row.slice(1));
      expect(whole).toContain([...row, (following as number[][])[b]!.at(-1)].join());
    });
    const positions = tf.argMax(tf.slice(inputs, [0, 0, size], [2, 5, 5]), -1).arraySync();
    expect(positions).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
  });

  it('names what is wrong with a text', async () => {
    await expect(readCorpus(path.join(folder, 'none.txt'), 8)).rejects.toThrow(
      'spans: text must be a file that can be read',
    );
    await expect(readCorpus(text, 500)).rejects.toThrow(
      'spans: text must be longer than 5010 characters',
    );
  });
});

/** The work of a head of 16 numbers. */
const work = (positions: number) => ({
  positions,
  multiplyAdds: 32 * positions,
  bytes: 128 * positions,
});

it('shows a bar and the work of every head', () => {
  const table = spanTable(
    {
      corpus: 'x',
      alphabet: 3,
      bits: { before: 2, after: 1 },
      spans: [[0, 50], [100]],
      attention: { learned: 1, full: 2 },
      saving: {
        heads: [[work(1), work(60)], [work(99)]],
        fullHead: work(127),
        cached: [60, 99],
      },
      steps: 1,
    },
    100,
  );
  const bars = table.match(/[█·]{24}/g)!.map((bar) => bar.split('█').length - 1);
  expect(bars).toEqual([0, 12, 24]);
  expect(table).toMatch(/│ +60 │ +1920 │ +7\.5 KiB │/);
  expect(table).toMatch(/full .* 127 │ +4064 │ +15\.9 KiB │/);
});
