import { expect, it } from 'vitest';
import { inShownOrder } from '../src/ui/shown-networks.js';

it('puts DiffStride first and the strided convolution next, and keeps the others', () => {
  const networks = ['conv', 'max-blur', 'diffstride', 'spectral'].map((pooling) => ({ pooling }));
  expect(inShownOrder(networks).map(({ pooling }) => pooling)).toEqual([
    'diffstride',
    'conv',
    'max-blur',
    'spectral',
  ]);
  expect(networks[0]).toEqual({ pooling: 'conv' });
});
