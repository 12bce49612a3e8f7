import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { useBackend } from '@ds/backend';
import { strideVariables } from '@ds/models';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Card, cards, loadWeights } from '../src/index.js';

/** A card as its file has it. */
type StoredCard = Card & {
  config: { epochs: number };
  check: { seed: number; count: number; outputs: number[][] };
};

const folder = new URL('../src/files/', import.meta.url);
const files = readdirSync(folder);
const names = files.flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

beforeAll(() => useBackend('wasm'));

it('lists each file once, with its card', () => {
  expect(files.sort()).toEqual(
    names.flatMap((one) => [`${one}.json`, `${one}.safetensors`]).sort(),
  );
  expect(Object.keys(cards).sort()).toEqual(names.sort());
});

describe.each(names)('%s', (name) => {
  const { config, check, ...card } = JSON.parse(
    readFileSync(new URL(`${name}.json`, folder), 'utf8'),
  ) as StoredCard;

  it('is the file of its card, and small', () => {
    const bytes = readFileSync(new URL(`${name}.safetensors`, folder));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(card.sha256);
    expect(bytes.length).toBe(card.bytes);
    expect(bytes.length).toBeLessThanOrEqual(1_500_000);
    expect(cards[name as keyof typeof cards]).toEqual(card);
    expect(config.epochs).toBeGreaterThan(0);
  });

  it('loads with the strides and the outputs of its card', async () => {
    const { model } = await loadWeights(name as keyof typeof cards);
    for (const { layer, strides } of strideVariables(model)) {
      expect(strides, layer).toEqual(card.strides[layer]);
    }
    expect(model.countParams()).toBe(card.parameters);
    const shape = [check.count, ...(model.inputs[0]!.shape.slice(1) as number[])];
    const outputs = tf.tidy(() =>
      [model.predict(unitTensor(check.seed, shape))]
        .flat()
        .map((output) => [...output.dataSync<'float32'>()]),
    );
    expect(outputs.length).toBe(check.outputs.length);
    outputs.forEach((values, output) => {
      const differences = values.map((value, at) => Math.abs(value - check.outputs[output]![at]!));
      expect(Math.max(...differences)).toBeLessThan(1e-3);
    });
    model.dispose();
  });

  it('has its card in the README', () => {
    expect(readme).toContain(`### ${name}\n`);
    expect(readme).toContain(card.sha256);
    expect(readme).toContain(card.command);
    expect(readme).toContain(card.data.licence);
  });
});
