import { EventEmitter, once } from 'node:events';
import { runReplicas } from '@ds/train/replicas';
import { version_core } from '@tensorflow/tfjs-core';
import { THREADS } from '../places.js';
import { type Contender, warmUp } from './contender.js';
import type { TimedCase } from './replica-worker.js';

/** The name in tables of a contender with this number of replicas. */
export function replicaName(replicas: number): string {
  return `ds wasm, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
}

/**
 * Several replicas on the wasm backend. They split the batch of a training step and sum its
 * gradients, or they split the batch of an operation. The time is that of the slowest replica.
 */
export function replicaContender(replicas: number): Contender {
  let running: { gate: Int32Array; events: EventEmitter; ended: Promise<void> } | null = null;
  const round = async () => {
    const { gate, events, ended } = running!;
    const finished = once(events, 'finished');
    Atomics.add(gate, 0, 1);
    Atomics.notify(gate, 0);
    await Promise.race([finished, ended]);
  };
  const time = async () => {
    const start = performance.now();
    await round();
    return performance.now() - start;
  };
  const end = async () => {
    if (!running) return;
    const { gate, ended } = running;
    running = null;
    Atomics.store(gate, 0, -1);
    Atomics.notify(gate, 0);
    await ended;
  };
  return {
    name: replicaName(replicas),
    version: `tfjs ${version_core}`,
    peak: null,
    prepare: async (speedCase) => {
      await end();
      if (speedCase.kind !== 'step' && replicas === 1) return 'one replica is the first contender';
      const images = speedCase.kind === 'step' ? speedCase.batch : speedCase.shape[0];
      if (images < replicas) return 'there are fewer images than replicas';
      const gate = new SharedArrayBuffer(4);
      const events = new EventEmitter();
      const input: TimedCase = { speedCase, gate };
      let count = 0;
      const ended = runReplicas<void>(THREADS.speedOfReplicas, {
        replicas,
        input,
        // A round ends when every replica has finished it.
        onMessage: () => {
          count += 1;
          if (count % replicas === 0) events.emit('finished');
        },
      });
      running = { gate: new Int32Array(gate), events, ended };
      try {
        await warmUp(time);
        return null;
      } catch (error) {
        running = null;
        return (error as Error).message;
      }
    },
    time,
    close: end,
  };
}
