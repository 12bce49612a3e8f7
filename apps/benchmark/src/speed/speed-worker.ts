import { parentPort, workerData } from 'node:worker_threads';
import { measurePeak, useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import type { SpeedCase } from './cases.js';
import { type ReadyCase, readyTfjsCase } from './tfjs-case.js';

/** The backends a worker can time: ours, and tfjs's as they come. */
export type TfjsContender = 'ds wasm' | 'tfjs wasm' | 'tfjs cpu';

/** What a worker is asked, and what it answers. */
export type SpeedRequest = { prepare: SpeedCase } | { time: true };
export type SpeedAnswer = { ready: true } | { ms: number } | { error: string };

const port = parentPort;
if (!port) throw new Error('speed-worker: must be started as a worker thread');
tf.enableProdMode();
const contender = workerData as TfjsContender;
if (contender === 'ds wasm') {
  await useBackend('wasm');
} else {
  if (contender === 'tfjs wasm') await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(contender === 'tfjs wasm' ? 'wasm' : 'cpu');
}
port.postMessage({ peak: measurePeak(), version: tf.version.tfjs });

let current: ReadyCase | null = null;
port.on('message', (request: SpeedRequest) => {
  let answer: SpeedAnswer;
  try {
    answer = handle(request);
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});

function handle(request: SpeedRequest): SpeedAnswer {
  if ('prepare' in request) {
    current?.dispose();
    current = null;
    current = readyTfjsCase(request.prepare);
    // Once, to find out whether it can.
    current.run();
    return { ready: true };
  }
  const start = performance.now();
  current!.run();
  return { ms: performance.now() - start };
}
