import { describe, expect, it } from 'vitest';
import { lineSchema, plainSchema, printable } from '../../src/queue/plain-text.js';

describe('plain text', () => {
  it.each([
    ['an escape sequence', '\u001b[2J'],
    ['a new line', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['NUL', 'a\u0000'],
    ['a C1 control', '\u009b2J'],
    ['a text direction override', '\u202etxt'],
    ['a line separator', '\u2028'],
    ['endless text', 'x'.repeat(2_001)],
  ])('rejects and removes %s', (_, text) => {
    expect(lineSchema.safeParse(text).success).toBe(false);
    const shown = printable(text);
    expect(shown.length).toBeLessThanOrEqual(2_001);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: checks that they are absent.
    expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  });

  it.each(['λ < 1', 'stage2.block0.pool', '“Ω”', ''])(
    'accepts %j and shows it unchanged',
    (text) => {
      expect(lineSchema.parse(text)).toBe(text);
      expect(printable(text)).toBe(text);
    },
  );

  it('can exclude markup', () => {
    expect(plainSchema.safeParse('<b>').success).toBe(false);
    expect(plainSchema.parse('a & b')).toBe('a & b');
  });
});
