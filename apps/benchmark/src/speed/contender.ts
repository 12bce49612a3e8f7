import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PYTHON, THREADS } from '../places.js';
import type { SpeedCase } from './cases.js';
import { startPython } from './python-program.js';
import type { SpeedAnswer, SpeedRequest, TfjsContender, WorkerStart } from './speed-worker.js';

/** A library and device that can be timed on a case. */
export interface Contender {
  name: string;
  version: string;
  /**
   * GFLOP/s of the fastest loop or product that the contender has, on one core or the GPU. `null`:
   * not measured.
   */
  peak: number | null;
  /** Prepares and warms up a case. Returns `null`, or the reason if the case cannot run. */
  prepare(speedCase: SpeedCase): Promise<string | null>;
  /** Runs the prepared case once. Returns milliseconds. */
  time(): Promise<number>;
  close(): Promise<void>;
}

/**
 * A tfjs backend in a separate worker thread, so that contenders do not share registered kernels.
 * Returns `null`, and prints the reason, if the backend does not start.
 */
export function tfjsContender(name: TfjsContender): Promise<Contender | null> {
  return workerContender(name, THREADS.speed);
}

/** The wasm device of jax-js. Returns `null`, and prints the reason, if it does not start. */
export function jaxContender(): Promise<Contender | null> {
  return workerContender('jax-js wasm', THREADS.speedOfJax);
}

async function workerContender(name: string, module: URL): Promise<Contender | null> {
  const worker = new Worker(module, { workerData: name });
  const next = async () => {
    const [message] = await once(worker, 'message');
    return message;
  };
  const { absent, peak, version } = (await next()) as WorkerStart;
  if (absent !== null) {
    process.stderr.write(`${name} is left out: ${absent}\n`);
    await worker.terminate();
    return null;
  }
  const ask = async (request: SpeedRequest) => {
    const answer = next();
    worker.postMessage(request);
    return (await answer) as SpeedAnswer;
  };
  return {
    name,
    version,
    peak,
    ...asking(ask),
    close: async () => {
      await worker.terminate();
    },
  };
}

/** How PyTorch computes spectral poolings: as published, or as two real matrices. */
export type TorchPath = 'fft' | 'matrices';

/** PyTorch's name in tables, with the number of threads or the GPU. */
export function torchName(on: number | 'cuda', path: TorchPath = 'fft'): string {
  const library = path === 'fft' ? 'PyTorch' : 'PyTorch matrices';
  return on === 'cuda' ? `${library}, GPU` : `${library}, ${on} ${on === 1 ? 'thread' : 'threads'}`;
}

/** The first line that the program in Python prints. */
interface TorchStart {
  version: string;
  /** The GPU, or `null`. */
  cuda: string | null;
  /** The widest vectors that it uses, such as AVX512. `null`: this version does not report them. */
  vectors: string | null;
}

/**
 * PyTorch with a number of threads, or on the GPU. Returns `null` if no installed Python provides
 * it. With one thread it also measures the native peak of a core.
 */
export async function torchContender(
  on: number | 'cuda',
  path: TorchPath = 'fft',
): Promise<Contender | null> {
  const program = await startPython<TorchStart>(PYTHON.torch);
  if (!program) return null;
  const { version, cuda, vectors } = program.hello;
  if (on === 'cuda' && cuda === null) {
    await program.close();
    return null;
  }
  const [device, threads] = on === 'cuda' ? ['cuda', 1] : ['cpu', on];
  const ask = async (request: object) =>
    (await program.ask<SpeedAnswer | { gflops: number }>(request)) ?? {
      error: 'PyTorch ended early',
    };
  const peak = on === 1 && path === 'fft' ? await ask({ peak: true }) : null;
  const where = on === 'cuda' ? [cuda] : vectors ? [vectors] : [];
  return {
    name: torchName(on, path),
    version: [`PyTorch ${version}`, ...where].join(', '),
    peak: peak && 'gflops' in peak ? peak.gflops : null,
    ...asking(
      (request) =>
        ask(
          'prepare' in request ? { ...request, threads, device, path } : request,
        ) as Promise<SpeedAnswer>,
    ),
    close: program.close,
  };
}

/**
 * A case is warm after this many runs or milliseconds. Until then, JavaScript engines still
 * recompile hot functions in the background.
 */
const WARM = { runs: 30, duration: 5000 };

/** Runs a prepared case until it is warm. */
export async function warmUp(time: () => Promise<number>): Promise<void> {
  let spent = 0;
  for (let run = 0; run < WARM.runs && spent < WARM.duration; run++) spent += await time();
}

function asking(
  ask: (request: SpeedRequest) => Promise<SpeedAnswer>,
): Pick<Contender, 'prepare' | 'time'> {
  const time = async () => {
    const answer = await ask({ time: true });
    if ('ms' in answer) return answer.ms;
    throw new Error(
      'speed: a case must run as it did before, got ' +
        `${'error' in answer ? answer.error : JSON.stringify(answer)}`,
    );
  };
  return {
    prepare: async (speedCase) => {
      const answer = await ask({ prepare: speedCase });
      if ('error' in answer) return answer.error;
      try {
        await warmUp(time);
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    },
    time,
  };
}
