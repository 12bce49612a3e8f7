import { parentPort, workerData } from 'node:worker_threads';
import { useBackend } from '@ds/backend';
import { measureDevicePeak, measurePeak, provideGpu } from '@ds/backend/diagnostics';
import * as tf from '@tensorflow/tfjs';
import type { SpeedCase } from './cases.js';
import { type ReadyCase, readyTfjsCase } from './tfjs-case.js';

/** The backends a worker can time: ours, and tfjs's as they come. */
export type TfjsContender = 'ds wasm' | 'ds webgpu' | 'tfjs wasm' | 'tfjs cpu' | 'tfjs webgpu';

/** What a worker is asked, and what it answers. */
export type SpeedRequest = { prepare: SpeedCase } | { time: true };
export type SpeedAnswer = { ready: true } | { ms: number } | { error: string };

const port = parentPort;
if (!port) throw new Error('speed-worker: must be started as a worker thread');
tf.enableProdMode();
const contender = workerData as TfjsContender;
/** Why this one cannot be timed here, or `null`. */
async function begin(): Promise<string | null> {
  const [whose, backend] = contender.split(' ') as ['ds' | 'tfjs', 'wasm' | 'webgpu' | 'cpu'];
  try {
    if (whose === 'ds') await useBackend(backend);
    else {
      if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
      // The GPU comes from the same package; the kernels do not.
      if (backend === 'webgpu') {
        await provideGpu();
        await import('@tensorflow/tfjs-backend-webgpu');
      }
      await tf.setBackend(backend);
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What a device is called, and waiting until it has done what it was given; nothing to wait for elsewhere. */
interface Device {
  adapterInfo?: { vendor?: string; architecture?: string };
  queue?: { onSubmittedWorkDone(): Promise<void> };
  endComputePassEncoder?(): void;
  ensureCommandEncoderReady?(): void;
  submitQueue?(): void;
}

async function finish(): Promise<void> {
  const device = tf.backend() as unknown as Device;
  if (!device.queue) return;
  device.endComputePassEncoder?.();
  device.ensureCommandEncoderReady?.();
  device.submitQueue?.();
  await device.queue.onSubmittedWorkDone();
}

const absent = await begin();
port.postMessage({
  absent,
  // One core's, or the GPU's.
  peak: absent === null ? (measurePeak() ?? (await measureDevicePeak())) : null,
  version: tf.version.tfjs,
});

let current: ReadyCase | null = null;
port.on('message', async (request: SpeedRequest) => {
  let answer: SpeedAnswer;
  try {
    answer = await handle(request);
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(answer);
});

async function handle(request: SpeedRequest): Promise<SpeedAnswer> {
  if ('prepare' in request) {
    current?.dispose();
    current = null;
    current = readyTfjsCase(request.prepare);
    // Once, to find out whether it can.
    await current.run();
    await finish();
    return { ready: true };
  }
  const start = performance.now();
  await current!.run();
  await finish();
  return { ms: performance.now() - start };
}
