import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { cards, loadWeights } from '../src/index.js';

const name = 'cifar10-resnet18-conv';
const files = new URL('../src/files/', import.meta.url);

beforeAll(() => useBackend('wasm'));
afterEach(() => vi.unstubAllGlobals());

describe('loadWeights', () => {
  it('gives a network with its classes, and prepares pixels', async () => {
    const { model, classes, prepare, card } = await loadWeights(name);
    expect(classes).toEqual(cards[name].kind === 'images' && cards[name].classes);
    expect(card).toBe(cards[name]);
    const before = tf.memory().numTensors;
    const input = prepare(new Uint8Array(2 * 32 * 32 * 3).fill(255));
    expect(tf.memory().numTensors).toBe(before + 1);
    const logits = model.predict(input) as tf.Tensor;
    expect(logits.shape).toEqual([2, 10]);
    tf.dispose([input, logits]);
    model.dispose();
  });

  it('reads from another folder, or fetches', async () => {
    const fetched: string[] = [];
    vi.stubGlobal('fetch', async (url: unknown) => {
      fetched.push(`${url}`);
      return new Response(new Uint8Array(readFileSync(new URL(`${name}.safetensors`, files))));
    });
    for (const baseUrl of [fileURLToPath(files), files, 'https://a.org/b', 'https://a.org/b/']) {
      const { model } = await loadWeights(name, { baseUrl });
      model.dispose();
    }
    expect(fetched).toEqual(Array(2).fill(`https://a.org/b/${name}.safetensors`));
  });

  it('leaves no network behind when its file is missing', async () => {
    const before = tf.memory().numTensors;
    await expect(loadWeights(name, { baseUrl: '/nowhere' })).rejects.toThrow(
      `loadWeights: baseUrl must be a folder with the file ${name}.safetensors of this version, ` +
        'got this error: loadSafetensors: file must be readable, got /nowhere/',
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['the file of another network', 'cifar10-resnet18-max-blur', -1],
    ['a damaged file', name, 1_421_000],
  ])('refuses %s under its name', async (_, source, damaged) => {
    const bytes = new Uint8Array(readFileSync(new URL(`${source}.safetensors`, files)));
    if (damaged >= 0) bytes[damaged]! ^= 1;
    vi.stubGlobal('fetch', async () => new Response(bytes));
    const before = tf.memory().numTensors;
    await expect(loadWeights(name, { baseUrl: 'https://a.org' })).rejects.toThrow(
      new RegExp(
        '^loadWeights: baseUrl .* got this error: loadSafetensors: ' +
          'file must have the SHA-256 8984c5e0\\w+, got \\w+: it is damaged, or another file$',
      ),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('suggests the nearest name', async () => {
    await expect(loadWeights('cifar10-resnet18-con' as never)).rejects.toThrow(
      /^loadWeights: name must be one of .*cifar10-resnet18-conv.* \(cifar10-resnet18-conv\?\), got/,
    );
  });
});
