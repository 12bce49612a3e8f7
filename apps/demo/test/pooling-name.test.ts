import { poolingNames } from '@ds/layers';
import { expect, it } from 'vitest';
import { poolingName } from '../src/ui/pooling-name.js';

it('has words for strided convolution and every registered pooling', () => {
  const names = ['conv', ...poolingNames()].map((pooling) => [pooling, poolingName(pooling)]);
  expect(names.filter(([pooling, name]) => pooling === name)).toEqual([]);
  expect(poolingName('diffstride')).toBe('DiffStride');
  expect(poolingName('of-another')).toBe('of-another');
});
