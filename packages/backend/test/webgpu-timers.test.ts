import { promisify } from 'node:util';
import type { WebGpuBackend } from '@ds/kernels/webgpu';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../src/index.js';

const before = Object.getOwnPropertyDescriptor(globalThis, 'setImmediate')!;

/** A tensor that is large enough for tfjs to compute it on the device. */
const computed = () => tf.add(tf.ones([2000]), 1);
const queued = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Immediate').length;
const turn = () => new Promise<void>((resolve) => before.value(resolve));
/** Waits until no immediate is queued, or for many turns. */
async function idle() {
  for (let i = 0; i < 100 && queued() > 0; i++) await new Promise((done) => setTimeout(done, 1));
}

describe.skipIf(lacksWebGpu)('synchronous reads from Dawn', () => {
  let device: GPUDevice;
  beforeAll(async () => {
    await useBackend('webgpu');
    ({ device } = tf.backend() as WebGpuBackend);
  });

  it('do not change setImmediate, during and after the work', async () => {
    expect(Object.getOwnPropertyDescriptor(globalThis, 'setImmediate')).toEqual(before);
    const x = computed();
    const later = x.data();
    expect(globalThis.setImmediate).toBe(before.value);
    expect(tf.mul(x, 2).dataSync()[1]).toBe(4);
    expect(globalThis.setImmediate).toBe(before.value);
    expect((await later)[0]).toBe(2);
    expect(Object.getOwnPropertyDescriptor(globalThis, 'setImmediate')).toEqual(before);
  });

  it('call no other immediates early: resolvers, bound and native functions', async () => {
    const called: string[] = [];
    setImmediate(called.push.bind(called, 'bound'));
    const promised = new Promise((resolve) => {
      setImmediate(resolve);
    }).then(() => called.push('resolver'));
    const patient = promisify(setImmediate)().then(() => called.push('promisified'));
    expect(computed().dataSync()[0]).toBe(2);
    await null;
    expect(called).toEqual([]);
    await Promise.all([promised, patient]);
    expect(called.toSorted()).toEqual(['bound', 'promisified', 'resolver']);
  });

  it('leave one immediate for any number of reads, and none once Dawn is idle', async () => {
    await idle();
    expect(queued()).toBe(0);
    const promises = [];
    for (let i = 0; i < 20; i++) {
      // Other promises of Dawn's are open. Some exist before the read, some start after it.
      if (i % 2) promises.push(computed().data());
      expect(computed().dataSync()[0]).toBe(2);
      if (i % 3 === 0) promises.push(device.queue.onSubmittedWorkDone());
      expect(queued()).toBeLessThanOrEqual(1);
    }
    promises.push(computed().data());
    await turn();
    expect(queued()).toBeLessThanOrEqual(1);
    await Promise.all(promises);
    await idle();
    expect(queued()).toBe(0);
  });

  it('keep immediates that other code queues during a poll', async () => {
    await idle();
    device.pushErrorScope('validation');
    device.createBuffer({ size: 16, usage: 0xffff }).destroy();
    const called: number[] = [];
    let isPolled = false;
    // The engine reads these when Dawn resolves a promise with the error.
    Object.defineProperty(GPUValidationError.prototype, 'then', {
      configurable: true,
      get: () => {
        isPolled = true;
        for (const i of [1, 2]) setImmediate((value) => called.push(value), i);
      },
    });
    try {
      const open = device.popErrorScope();
      expect(computed().dataSync()[0]).toBe(2);
      expect(isPolled).toBe(true);
      expect(await open).toBeInstanceOf(GPUValidationError);
    } finally {
      Reflect.deleteProperty(GPUValidationError.prototype, 'then');
    }
    await idle();
    expect(called).toEqual([1, 2]);
  });

  it('keep immediates that a listener queues, and continue if it throws', async () => {
    // The error below is intended, so reads must not throw.
    await useBackend('webgpu', { without: ['webgpu/device-errors'] });
    const called: string[] = [];
    const later: unknown[] = [];
    const listener = () => {
      setImmediate(() => called.push('immediate'));
      throw new Error('of a listener');
    };
    const uncaught = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => later.push(error.message));
    try {
      device.addEventListener('uncapturederror', listener);
      const open = computed().data();
      device.createBuffer({ size: 16, usage: 0xffff }).destroy();
      expect(computed().dataSync()[0]).toBe(2);
      expect((await open)[0]).toBe(2);
      await idle();
    } finally {
      device.removeEventListener('uncapturederror', listener);
      process.removeAllListeners('uncaughtException');
      for (const one of uncaught) process.on('uncaughtException', one);
    }
    expect(called).toEqual(['immediate']);
    expect(later).toEqual(['of a listener']);
  });
});
