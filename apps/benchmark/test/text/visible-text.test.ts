import { describe, expect, it } from 'vitest';
import { visibleText, visibleValue } from '../../src/text/visible-text.js';

describe('visibleText', () => {
  it.each([
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u001b]8;;http://x\u0007link', '\\u001b]8;;http://x\\u0007link'],
    ['over\rwritten', 'over\\u000dwritten'],
    ['\u009b2J', '\\u009b2J'],
    ['\u007f\b', '\\u007f\\u0008'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['Größe × 猫 🎵', 'Größe × 猫 🎵'],
  ])('of %j is %j', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('changes nothing that JSON says', () => {
    const value = { name: '\u001b[2J\u009b\u007f\u202e', list: ['\r'] };
    expect(JSON.parse(visibleText(JSON.stringify(value)))).toEqual(value);
  });
});

describe('visibleValue', () => {
  it('reaches every string and every name, and nothing else', () => {
    const value = { a: ['\u0007', 1, null, true], '\u001b': { b: '\u001b' } };
    expect(visibleValue(value)).toEqual({
      a: ['\\u0007', 1, null, true],
      '\\u001b': { b: '\\u001b' },
    });
  });
});
