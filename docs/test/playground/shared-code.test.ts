import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  hashOf,
  hashOfDeflated,
  MAX_LENGTH,
  programIn,
} from '../../.vitepress/theme/playground/shared-code.js';

const deflated = (text: string) => hashOfDeflated(deflateRawSync(text).toString('latin1'));

describe('the hash of a link', () => {
  it.each([
    '',
    'a',
    "console.log('π ≈ 3');\n".repeat(40),
    'x'.repeat(MAX_LENGTH),
    'π'.repeat(MAX_LENGTH / 2),
  ])('holds the whole program (%#)', async (program) => {
    const hash = await hashOf(program);
    expect(hash).toMatch(/^#code=[\w-]*$/);
    expect(await programIn(hash)).toBe(program);
    // Node writes the links of the guides.
    expect(await programIn(deflated(program))).toBe(program);
  });

  it('may have no program', async () => {
    expect(await programIn('')).toBeNull();
    expect(await programIn('#keys')).toBeNull();
  });

  it('is refused if it is damaged', async () => {
    const whole = await hashOf('console.log(1, 2, 3, 4)');
    for (const hash of [whole.slice(0, -6), '#code=%%%', '#code=AAAA', `${whole}!`]) {
      await expect(programIn(hash)).rejects.toThrow(
        'The program in this link cannot be read: it is damaged or incomplete.',
      );
    }
  });

  it('is refused if its program is too long', async () => {
    // The limit counts bytes: each of these letters has two.
    for (const program of ['x'.repeat(5_000_000), 'π'.repeat(MAX_LENGTH / 2 + 1)]) {
      await expect(programIn(deflated(program))).rejects.toThrow('it has more than 50,000 bytes');
    }
  });
});
