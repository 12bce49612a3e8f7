import { EventEmitter, once } from 'node:events';
import { runReplicas } from '@ds/train/replicas';
import { version } from '@tensorflow/tfjs';
import type { Contender } from './contender.js';
import type { TimedTraining } from './replica-worker.js';

/** Several replicas on the wasm backend, which can be timed on training steps. */
export function replicaContender(replicas: number): Contender {
  let training: { gate: Int32Array; events: EventEmitter; ended: Promise<void> } | null = null;
  const step = async () => {
    const { gate, events, ended } = training!;
    const stepped = once(events, 'stepped');
    Atomics.add(gate, 0, 1);
    Atomics.notify(gate, 0);
    await Promise.race([stepped, ended]);
  };
  const end = async () => {
    if (!training) return;
    const { gate, ended } = training;
    training = null;
    Atomics.store(gate, 0, -1);
    Atomics.notify(gate, 0);
    await ended;
  };
  return {
    name: `ds wasm, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
    version: `tfjs ${version.tfjs}`,
    peak: null,
    prepare: async (speedCase) => {
      await end();
      if (speedCase.kind !== 'step') return 'replicas share training steps only';
      const gate = new SharedArrayBuffer(4);
      const events = new EventEmitter();
      const input: TimedTraining = { speedCase, gate };
      let count = 0;
      const ended = runReplicas<void>(new URL('./replica-worker.js', import.meta.url), {
        replicas,
        input,
        // A step is over when every replica has made it.
        onMessage: () => {
          count += 1;
          if (count % replicas === 0) events.emit('stepped');
        },
      });
      training = { gate: new Int32Array(gate), events, ended };
      // The first calls compile, and grow the memory.
      await step();
      await step();
      return null;
    },
    time: async () => {
      const start = performance.now();
      await step();
      return performance.now() - start;
    },
    close: end,
  };
}
