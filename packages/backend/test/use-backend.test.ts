import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { type BackendName, useBackend } from '../src/index.js';

it('chooses wasm in Node, and reports its changes', async () => {
  const info = await useBackend();
  expect(info.name).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
  expect(info.reason).toMatch(/first that starts/);
  expect(info.added).toContain('Conv2DBackpropFilter');
  expect(info.replaced).toContain('Conv2DBackpropInput');
});

it('links the kernels for the engine’s instructions', async () => {
  const isFlagged = process.execArgv.includes('--experimental-wasm-relaxed-simd');
  const isRelaxed = isFlagged || Number(process.versions.node.split('.')[0]) >= 22;
  expect((await useBackend('wasm')).kernels).toBe(isRelaxed ? 'relaxed-simd' : 'simd');
  expect((await useBackend('cpu')).kernels).toBeNull();
});

it('can be called again, with another backend', async () => {
  expect((await useBackend('cpu')).name).toBe('cpu');
  const again = await useBackend('wasm');
  expect(again.added).toContain('Conv2DBackpropFilter');
  expect(tf.getBackend()).toBe('wasm');
});

it('refuses an unknown name, and names the missing package of a known one', async () => {
  await expect(useBackend('cuda' as BackendName)).rejects.toThrow(
    'useBackend: name must be \'auto\' or one of cpu, wasm, webgl, webgpu, tensorflow, got "cuda"',
  );
  await expect(useBackend('tensorflow')).rejects.toThrow(
    "useBackend: 'tensorflow' needs the package @tensorflow/tfjs-node, which did not load",
  );
});
