import { useBackend } from '@ds/backend';
import { LpsPool } from '@ds/layers';
import { resnet18 } from '@ds/models';
import { expect, it } from 'vitest';
import { temperatureAnnealing } from '../../src/network/temperature.js';

it('falls geometrically from the layers’ own temperature to the final one', async () => {
  await useBackend('wasm');
  const model = resnet18({
    inputShape: [16, 16, 3],
    classes: 2,
    width: 4,
    pooling: 'lps',
    poolingConfig: { temperature: 4 },
  });
  const temperatures = () =>
    model.layers
      .filter((layer): layer is LpsPool => layer instanceof LpsPool)
      .map(({ temperature }) => temperature);
  expect(temperatures()).toEqual([4, 4, 4]);
  const anneal = temperatureAnnealing(model, 0.25);
  anneal(0.5);
  for (const temperature of temperatures()) expect(temperature).toBeCloseTo(1, 12);
  anneal(1);
  for (const temperature of temperatures()) expect(temperature).toBeCloseTo(0.25, 12);
});
