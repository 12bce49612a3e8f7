import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { SpeedCase } from './cases.js';
import type { SpeedAnswer, SpeedRequest, WorkerStart } from './speed-worker.js';

// jax-js uses helpers of iterators, which Node 20 lacks.
const OLDEST_NODE = 22;

const port = parentPort;
if (!port) throw new Error('jax-worker: must be started as a worker thread');

type Jax = typeof import('@jax-js/jax');

/** The library and its version, or the reason why it does not start. */
async function begin(): Promise<{ jax: Jax; version: string } | { absent: string }> {
  const [major] = process.versions.node.split('.').map(Number);
  if (major! < OLDEST_NODE) {
    return { absent: `it needs Node ${OLDEST_NODE} or later, this is ${process.version}` };
  }
  try {
    const jax = await import('@jax-js/jax');
    const devices = await jax.init('wasm');
    if (!devices.includes('wasm')) return { absent: 'it has no wasm device here' };
    jax.defaultDevice('wasm');
    // The package does not export its manifest.
    const manifest = new URL('../package.json', import.meta.resolve('@jax-js/jax'));
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return { jax, version: `jax-js ${version}` };
  } catch (error) {
    return { absent: error instanceof Error ? error.message : String(error) };
  }
}

const begun = await begin();
const start: WorkerStart =
  'absent' in begun
    ? { absent: begun.absent, peak: null, version: '' }
    : { absent: null, peak: null, version: begun.version };
port.postMessage(start);

/** Runs the prepared case once, to its end. */
let run: (() => Promise<void>) | null = null;
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
    run = null;
    run = readyCase((begun as { jax: Jax }).jax, request.prepare);
    await run();
    return { ready: true };
  }
  const since = performance.now();
  await run!();
  return { ms: performance.now() - since };
}

/** `resample` as two products, `y = rows · x · columnsᵀ`, compiled with its gradients. */
function readyCase({ jit, numpy, vjp }: Jax, speedCase: SpeedCase): () => Promise<void> {
  if (speedCase.kind !== 'resample') throw new Error('only resample is written for jax-js');
  const { shape, size, gradients } = speedCase;
  const [batch, height, width, channels] = shape;
  const noise = (...sides: number[]) => {
    const count = sides.reduce((product, side) => product * side, 1);
    // The values do not matter for the time.
    return numpy.array(Float32Array.from({ length: count }, (_, i) => Math.sin(i))).reshape(sides);
  };
  type Value = ReturnType<typeof noise>;
  const pool = (x: Value, rows: Value, columns: Value) =>
    numpy.einsum('nhqc,wq->nhwc', numpy.einsum('hp,npqc->nhqc', rows, x), columns);
  const toImage = (x: Value, rows: Value, columns: Value, dy: Value) => {
    const [y, back] = vjp((image: Value) => pool(image, rows, columns), [x]);
    return [y, ...back(dy)];
  };
  const toAll = (x: Value, rows: Value, columns: Value, dy: Value) => {
    const [y, back] = vjp(pool, [x, rows, columns]);
    return [y, ...back(dy)];
  };
  const step = jit(gradients === 'all' ? toAll : toImage);
  const inputs = [
    noise(...shape),
    noise(size[0], height),
    noise(size[1], width),
    noise(batch, ...size, channels),
  ] as [Value, Value, Value, Value];
  return async () => {
    // A call takes over one reference of each argument.
    const [x, rows, columns, dy] = inputs;
    const results = step(x.ref, rows.ref, columns.ref, dy.ref) as Value[];
    for (const result of results) await result.blockUntilReady();
    for (const result of results) result.dispose();
  };
}
