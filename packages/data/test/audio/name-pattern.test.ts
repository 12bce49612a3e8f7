import { describe, expect, it } from 'vitest';
import { namePattern } from '../../src/audio/name-pattern.js';
import { randomStream } from '../../src/random.js';

/** An oracle by regular expression, which may take exponential time. */
function byExpression(pattern: string, path: string): Record<string, string> | null {
  const source = pattern
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 ? `(?<${part}>[^/]+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  const found = new RegExp(`(?:^|/)${source.join('')}$`).exec(path);
  return found ? { ...found.groups } : null;
}

const valuesOf = (pattern: string, path: string) => {
  const values = namePattern('test', pattern).valuesOf(path);
  return values && Object.fromEntries(values);
};

describe('namePattern', () => {
  it('reads fields from the end of a path', () => {
    expect(valuesOf('{digit}_{speaker}_{index}.wav', 'a/b/7_ann_12.wav')).toEqual({
      digit: '7',
      speaker: 'ann',
      index: '12',
    });
    expect(valuesOf('{speaker}/{digit}.wav', 'x/ann/7.wav')).toEqual({
      speaker: 'ann',
      digit: '7',
    });
    expect(valuesOf('{digit}.wav', '7.wav.wav')).toEqual({ digit: '7.wav' });
    expect(valuesOf('{a}_{b}', 'nothing')).toBeNull();
  });

  it('agrees with a regular expression on random patterns and paths', () => {
    const random = randomStream(5);
    const pick = (from: string[]) => from[random.integer(0, from.length - 1)]!;
    let fits = 0;
    for (let trial = 0; trial < 3000; trial++) {
      const names = ['{a}', '{b}', '{c}'].slice(0, random.integer(0, 3));
      const pattern =
        names.map((name) => name + pick(['', '_', '/', '.', 'x_', '('])).join('') +
        pick(['', 'x', '_']);
      const path = Array.from({ length: random.integer(1, 8) }, () =>
        pick(['x', '_', '/', '.', '(']),
      ).join('');
      const wanted = byExpression(pattern, path);
      expect([pattern, path, valuesOf(pattern, path)]).toEqual([pattern, path, wanted]);
      if (wanted) fits += 1;
    }
    expect(fits).toBeGreaterThan(100);
  });

  it('is fast for many fields and a long name that does not match', () => {
    const pattern = Array.from({ length: 12 }, (_, i) => `{f${i}}_`).join('');
    // A regular expression would try each choice of 12 underscores of 250.
    expect(valuesOf(`${pattern}.wav`, `${'a_'.repeat(250)}.mp3`)).toBeNull();
    expect(valuesOf('{a}{b}{c}{d}{e}{f}{g}{h}!', 'a'.repeat(250))).toBeNull();
  });

  it('throws on a duplicated field', () => {
    expect(() => namePattern('openSoundPattern', '{a}_{a}.wav')).toThrow(
      "openSoundPattern: pattern must have each field once, got {a} twice in '{a}_{a}.wav'",
    );
  });
});
