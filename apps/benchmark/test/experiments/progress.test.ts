import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runId } from '../../src/config/run-config.js';
import { jsonLines, labelsOf, progressDisplay } from '../../src/experiments/progress.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';

afterEach(() => vi.unstubAllEnvs());

const first = runResult('conv', 1, 0.5).config;
const progress = {
  step: 4,
  totalSteps: 10,
  epoch: 0,
  loss: 1.5,
  accuracy: 0.25,
  imagesPerSecond: 100,
  strides: { 'stage2.block0.pool': [2, 3] as [number, number] },
  testAccuracy: null,
};

describe('labelsOf', () => {
  it('names runs by what they differ in', () => {
    expect(labelsOf([first])).toEqual(['conv (seed 1)']);
    expect(
      labelsOf([first, { ...first, seed: 2, lambda: 1 }, { ...first, strides: [1, 1, 2, 2, 2] }]),
    ).toEqual([
      'conv from 3, 1, 3 lambda 0 (seed 1)',
      'conv from 3, 1, 3 lambda 1 (seed 2)',
      'conv from 2, 2, 2 lambda 0 (seed 1)',
    ]);
  });
});

/** What a display writes. */
function collected() {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

describe('progress', () => {
  it('for programs is a JSON object a line', () => {
    const { stream, text } = collected();
    const display = jsonLines([first], stream);
    display.update(0, progress);
    display.finish(0, runResult('conv', 1, 0.5));
    display.fail(0, 'no more room');
    display.note('a note');
    const events = text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual([
      'started',
      'progress',
      'finished',
      'failed',
      'note',
    ]);
    expect(events[0].runs).toEqual([{ run: runId(first), config: first }]);
    expect(events[1]).toMatchObject({ run: runId(first), step: 4, totalSteps: 10, loss: 1.5 });
    expect(events[2]).toMatchObject({ accuracy: 0.5, stopped: false });
  });

  it('without a terminal is a line now and then, and one at the end of each run', () => {
    const { stream, text } = collected();
    const display = progressDisplay([first, { ...first, seed: 2 }], stream);
    display.update(0, progress);
    display.update(0, { ...progress, step: 5 });
    display.finish(0, runResult('conv', 1, 0.5));
    display.fail(1, 'no more room');
    expect(text().split('\n')).toEqual([
      'conv (seed 1): step 5/10 | loss 1.50 acc 25.0 % | 100 images/s | strides 2×3',
      'conv (seed 1): done after 3 s, 50.0 % on the test images (1 of 2 runs)',
      'conv (seed 2): failed: no more room (2 of 2 runs)',
      '',
    ]);
  });

  it('of sounds uses the words for sounds', () => {
    const { stream, text } = collected();
    const result = soundResult('conv', 1, 0.5);
    const display = progressDisplay([result.config], stream);
    display.update(0, progress);
    display.finish(0, result);
    expect(text()).toContain('| 100 sounds/s |');
    expect(text()).toContain('50.0 % on the test sounds');
    expect(text()).not.toContain('image');
  });

  it.each([false, true])('obeys no escape of a message, terminal: %s', (isTTY) => {
    const { stream, text } = collected();
    const evil = '\u001b[31mred\u001b]8;;x\u0007\r\u009b2J';
    const output = Object.assign(stream, { isTTY, columns: 200, cursorTo: () => {} });
    const display = progressDisplay([{ ...first, pooling: evil }], output);
    display.note(evil);
    display.fail(0, evil);
    display.close();
    expect(text()).toContain('\\u001b[31mred');
    for (const alive of ['\u001b[31m', '\u001b]8', '\u0007', '\u009b']) {
      expect(text()).not.toContain(alive);
    }
  });

  it('for programs has no escape that a terminal would obey', () => {
    const { stream, text } = collected();
    jsonLines([first], stream).note('\u009b2J\u007f');
    expect(text()).not.toMatch(/[\u007f-\u009f]/);
    expect(JSON.parse(text().trimEnd().split('\n').at(-1)!).message).toBe('\u009b2J\u007f');
  });

  it('on a terminal that cannot move its cursor is lines that fit', () => {
    vi.stubEnv('TERM', 'dumb');
    const { stream, text } = collected();
    const terminal = Object.assign(stream, { isTTY: true, columns: 40, cursorTo: () => {} });
    const display = progressDisplay([first], terminal);
    display.update(0, progress);
    display.close();
    expect(text().split('\n')).toEqual([
      'conv (seed 1): step 5/10 | loss 1.50 acc',
      '25.0 % | 100 images/s | strides 2×3',
      '',
    ]);
  });

  it('on a terminal has a bar for each run and one for all', () => {
    const { stream, text } = collected();
    const terminal = Object.assign(stream, { isTTY: true, columns: 200, cursorTo: () => {} });
    const display = progressDisplay([first, { ...first, seed: 2 }], terminal);
    display.update(0, progress);
    display.fail(1, 'no more room');
    display.close();
    expect(text()).toContain('all runs');
    expect(text()).toContain('1 of 2 done');
    expect(text()).toContain('failed: no more room');
  });
});
