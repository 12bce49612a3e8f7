import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { picturePreview } from '../../src/class-test/picture-preview.js';

async function decoded(url: string) {
  expect(url).toMatch(/^data:image\/png;base64,/);
  const png = Buffer.from(url.split(',')[1]!, 'base64');
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return { data, info, bytes: png.length };
}

describe('picturePreview', () => {
  it('undoes the standardisation, and enlarges a small picture by a whole multiple', async () => {
    const [mean, std] = [
      [0.5, 0.4, 0.3],
      [0.25, 0.2, 0.1],
    ];
    // Two pixels: 51, 102, 153 and one that is out of range.
    const wanted = [0.2, 0.4, 0.6, 1.5, -1, 0];
    const values = Float32Array.from(wanted, (one, i) => (one - mean[i % 3]!) / std[i % 3]!);
    const { data, info } = await decoded(await picturePreview({ values }, [1, 2, 3], mean, std));
    expect([info.width, info.height]).toEqual([96, 48]);
    const at = (x: number) => [...data.subarray(x * info.channels, x * info.channels + 3)];
    expect(at(0)).toEqual([51, 102, 153]);
    expect(at(47)).toEqual([51, 102, 153]);
    expect(at(48)).toEqual([255, 0, 0]);
  });

  it('draws one channel in grey', async () => {
    const values = Float32Array.from({ length: 28 * 28 }, () => 0);
    const { data, info } = await decoded(
      await picturePreview({ values }, [28, 28, 1], [0.2], [0.3]),
    );
    expect([info.width, info.height]).toEqual([84, 84]);
    expect(new Set(data)).toEqual(new Set([51]));
  });

  it('makes a large picture small', async () => {
    const values = Float32Array.from({ length: 224 * 112 * 3 }, (_, i) => Math.sin(i / 500));
    const url = await picturePreview({ values }, [224, 112, 3], [0.5, 0.5, 0.5], [0.3, 0.3, 0.3]);
    const { info, bytes } = await decoded(url);
    expect([info.width, info.height]).toEqual([48, 96]);
    expect(bytes).toBeLessThan(8_000);
  });
});
