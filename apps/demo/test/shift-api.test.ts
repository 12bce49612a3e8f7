import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { digitNet } from '../src/net/digit-net.js';
import { shiftApi } from '../src/workers/shift-api.js';

// The page's tfjs is for bundles: here it would be read and translated file by file.
vi.mock('../src/workers/tfjs.js', () => ({ startBackend: useBackend }));

const NETWORK = { pooling: 'conv', strides: [2, 2] as [number, number], smoothness: 2 };
const DIGIT = new Uint8Array(32 * 32);

/** The files of the page. A missing one has the status 404. */
let files: Record<string, Response>;

beforeEach(() => {
  const net = digitNet({ ...NETWORK, seed: 1 });
  const weights = net.getWeights().map((one) => ({ shape: one.shape, values: one.dataSync() }));
  net.dispose();
  const values = Float32Array.from(weights.flatMap((one) => [...one.values]));
  const shapes = weights.map(({ shape }) => shape);
  const entry = (file: string) => ({ ...NETWORK, testAccuracy: 0.9, shapes, file });
  files = {
    'models.json': Response.json([entry('first.bin'), entry('second.bin')]),
    'first.bin': new Response(values),
    'second.bin': new Response(values),
  };
  vi.stubGlobal('self', { location: { href: 'http://page/' } });
  vi.stubGlobal('fetch', async (url: URL) => {
    const file = files[url.pathname.split('/').at(-1)!];
    return file?.clone() ?? new Response('<html>', { status: 404 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const seen = async () => (await shiftApi.respond(DIGIT, 1)).length;

it('starts again, also after a start that failed', async () => {
  await shiftApi.start('wasm');
  expect(await seen()).toBe(2);
  const { numTensors } = tf.memory();
  const { 'second.bin': second, ...rest } = files;
  files = rest;
  const failure = 'the networks could not be loaded (404)';
  await expect(shiftApi.start('wasm')).rejects.toThrow(failure);
  expect(await seen()).toBe(0);
  await expect(shiftApi.start('wasm')).rejects.toThrow(failure);
  files = { ...rest, 'second.bin': second! };
  await shiftApi.start('wasm');
  expect(await seen()).toBe(2);
  expect(tf.memory().numTensors).toBe(numTensors);
});

it('keeps no network when the weights of one do not fit', async () => {
  await shiftApi.start('wasm');
  const { numTensors } = tf.memory();
  const { 'second.bin': second } = files;
  files['second.bin'] = new Response(new Float32Array(3));
  await expect(shiftApi.start('wasm')).rejects.toThrow();
  expect(await seen()).toBe(0);
  files['second.bin'] = second!;
  await shiftApi.start('wasm');
  expect(tf.memory().numTensors).toBe(numTensors);
});

it('says when the list of networks is missing', async () => {
  files = {};
  await expect(shiftApi.start('wasm')).rejects.toThrow('the networks could not be loaded (404)');
});
