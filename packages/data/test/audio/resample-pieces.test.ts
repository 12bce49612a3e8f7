import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resampleSound } from '../../src/audio/index.js';
import { resamplePieces } from '../../src/audio/resample-pieces.js';

const noise = Float32Array.from({ length: 150_000 }, (_, t) => Math.sin(t ** 1.3));

it.each([
  [44_100, 16_000],
  [8000, 16_000],
  [16_000, 16_000],
])('from %i to %i Hz equals the whole, for any pieces', async (from, to) => {
  const want = resampleSound(noise, from, to);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 4 }),
      async (sizes) => {
        let at = 0;
        const pieces = [...sizes, noise.length].map((size) => {
          const piece = noise.subarray(at, at + size);
          at = Math.min(noise.length, at + size);
          return piece;
        });
        const got: Buffer[] = [];
        for await (const one of resamplePieces(pieces, from, to)) {
          got.push(Buffer.from(one.slice().buffer));
        }
        expect(Buffer.concat(got).equals(Buffer.from(want.slice().buffer))).toBe(true);
      },
    ),
    { numRuns: 5 },
  );
});
