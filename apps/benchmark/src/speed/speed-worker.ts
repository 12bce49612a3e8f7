import { parentPort, workerData } from 'node:worker_threads';
import { useBackend } from '@ds/backend';
import { measureDevicePeak, measurePeak, productTiles, provideGpu } from '@ds/backend/diagnostics';
import * as tf from '@tensorflow/tfjs';
import type { SpeedCase } from './cases.js';
import { type ReadyCase, readyTfjsCase } from './tfjs-case.js';

/** The backends that a worker can time: those of DiffStride (`ds`) and of plain tfjs. */
export type TfjsContender = 'ds wasm' | 'ds webgpu' | 'tfjs wasm' | 'tfjs cpu' | 'tfjs webgpu';

/** The first message of a worker. */
export interface WorkerStart {
  /** Why the library does not start here; `null` if it does. */
  absent: string | null;
  peak: number | null;
  /** The library and its version. */
  version: string;
}

/** The requests to a worker, and its answers. */
export type SpeedRequest = { prepare: SpeedCase } | { time: true };
export type SpeedAnswer = { ready: true } | { ms: number } | { error: string };

const port = parentPort;
if (!port) throw new Error('speed-worker: must be started as a worker thread');
tf.enableProdMode();
const contender = workerData as TfjsContender;
/** Starts the backend. Returns `null`, or the reason if it is not available. */
async function begin(): Promise<string | null> {
  const [library, backend] = contender.split(' ') as ['ds' | 'tfjs', 'wasm' | 'webgpu' | 'cpu'];
  try {
    if (library === 'ds') {
      await useBackend(backend);
      await productTiles();
    } else {
      if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
      // The GPU device comes from the same package, but the kernels are those of tfjs.
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

/** The members of tfjs's WebGPU backend that this worker uses. Other backends lack them. */
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
const start: WorkerStart = {
  absent,
  // The peak of one core, or of the GPU.
  peak: absent === null ? (measurePeak() ?? (await measureDevicePeak())) : null,
  version: `tfjs ${tf.version.tfjs}`,
};
port.postMessage(start);

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
    // Run once: this throws if the backend cannot execute the case.
    await current.run();
    await finish();
    return { ready: true };
  }
  const start = performance.now();
  await current!.run();
  await finish();
  return { ms: performance.now() - start };
}
