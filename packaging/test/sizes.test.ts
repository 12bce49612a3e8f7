import { describe, expect, it } from 'vitest';
import { entrySize } from '../src/entry-size.js';
import { entriesOf, publishedPackages } from '../src/published-packages.js';

/**
 * The most KiB of an entry, compressed and without tfjs. One or two KiB of each are checks of
 * arguments.
 */
const BUDGETS: Record<string, number> = {
  // This is the start. Kernels and programs come with the chosen backend.
  '@ds/backend': 6,
  '@ds/backend/changes': 22,
  '@ds/backend/diagnostics': 2.1,
  '@ds/checks': 1.5,
  '@ds/data': 91,
  // With the checks of WAV headers against themselves.
  '@ds/data/audio': 9.7,
  '@ds/data/batches': 3.1,
  '@ds/data/mel-layer': 11,
  '@ds/fft': 8.8,
  '@ds/fft/plan': 6.6,
  // With the watch over a forward pass, which was in `@ds/models`.
  '@ds/graph': 1.4,
  '@ds/layers': 24.6,
  '@ds/layers/ops': 17.8,
  '@ds/layers/testing': 25.8,
  '@ds/masks': 4.7,
  '@ds/masks/ops': 3.5,
  '@ds/models': 29.3,
  '@ds/regularizer': 1.1,
  // This includes the walk of `@ds/graph`, and a message for each option.
  '@ds/train': 10.3,
  '@ds/train/checkpoints': 3.1,
  '@ds/train/replicas': 2.4,
};

/** The most KiB that may come later: kernels, programs for GPUs, and repairs of tfjs. */
const LATER: Record<string, number> = { '@ds/backend': 34.5, '@ds/backend/changes': 15.5 };

const entries = new Map(publishedPackages().flatMap((one) => [...entriesOf(one)]));

describe('the size of', () => {
  it('every entry has a budget', () => {
    expect([...entries.keys()].sort()).toEqual(Object.keys(BUDGETS).sort());
  });

  it.each([...entries])('%s', async (name, file) => {
    const { whole, initial } = await entrySize(file);
    const [size, later] = [initial, whole - initial].map((bytes) => bytes / 1024) as [
      number,
      number,
    ];
    const more = later > 0 ? `, ${later.toFixed(1)} KiB when asked for` : '';
    console.log(`${name}: ${size.toFixed(1)} KiB${more}`);
    expect(size).toBeGreaterThan(0.2);
    expect(size).toBeLessThanOrEqual(BUDGETS[name]!);
    expect(later).toBeLessThanOrEqual(LATER[name] ?? BUDGETS[name]! - size);
  });
});
