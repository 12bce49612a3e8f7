import { describe, expect, it } from 'vitest';
import { entrySize } from '../src/entry-size.js';
import { entriesOf, publishedPackages } from '../src/published-packages.js';

/** KiB that an entry may weigh, compressed, tfjs apart. Of each, one or two check its arguments. */
const BUDGETS: Record<string, number> = {
  // To begin with; kernels and programs come with the backend that is asked for.
  '@ds/backend': 6,
  '@ds/backend/changes': 11,
  '@ds/checks': 2,
  '@ds/data': 100,
  '@ds/data/audio': 10,
  '@ds/data/batches': 3,
  '@ds/data/mel-layer': 11,
  '@ds/fft': 9,
  '@ds/fft/plan': 7,
  '@ds/graph': 2,
  '@ds/layers': 20,
  '@ds/layers/ops': 17,
  '@ds/layers/testing': 22,
  '@ds/masks': 4,
  '@ds/masks/ops': 3,
  '@ds/models': 25,
  '@ds/regularizer': 2,
  // With the walk of `@ds/graph`, and a message for each option.
  '@ds/train': 10,
  '@ds/train/checkpoints': 5,
  '@ds/train/replicas': 3,
};

/** KiB that may come later: kernels, programs for GPUs, and what puts tfjs right. */
const LATER: Record<string, number> = { '@ds/backend': 24, '@ds/backend/changes': 10 };

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
