import { describe, expect, it } from 'vitest';
import { presetOf } from '../scripts/preset-of.mjs';

describe('the preset of a report', () => {
  it('is the one that it names, or the given one', () => {
    const page = '<p>This is a quick run (preset <code>quick</code>), not the paper’s.</p>';
    expect(presetOf(page)).toBe('quick');
    expect(presetOf('<p>These runs have settings of their own.</p>', 'medium')).toBe('medium');
  });

  it('is full only where the report follows a protocol', () => {
    expect(presetOf('<p>This follows the paper’s Table 1.</p>')).toBe('full');
    expect(presetOf('<p>These runs have settings of their own.</p>')).toBeUndefined();
  });
});
