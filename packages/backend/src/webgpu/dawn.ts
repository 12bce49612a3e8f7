/** The exports of the package `webgpu`: Dawn, Chromium's WebGPU, for Node. */
interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

const NO_DRIVER =
  'no GPU driver was found. On Linux, install a Vulkan driver for your card and its loader, ' +
  'libvulkan1. For a software driver, set VK_ICD_FILENAMES to its file ' +
  '(Chromium includes vk_swiftshader_icd.json)';

/**
 * Provides `navigator.gpu`: the browser's own, or in Node that of Dawn, from the package `webgpu`.
 *
 * @throws Error if a browser has no WebGPU, or if in Node the package or a driver is missing.
 */
export async function provideGpu(): Promise<void> {
  const existing = globalThis.navigator as Navigator | undefined;
  if (existing?.gpu) return;
  if (typeof process === 'undefined' || process.versions?.node === undefined) {
    throw new Error('this browser has no WebGPU (navigator.gpu)');
  }
  const { gpu, globals } = await dawn();
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error(NO_DRIVER);
  if (!poll) await learnToPoll(adapter);
  for (const [name, value] of Object.entries(globals)) {
    if (name in globalThis) continue;
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const property = { value: gpu, configurable: true };
  if (existing) Object.defineProperty(existing, 'gpu', property);
  else {
    const navigator = Object.defineProperty({}, 'gpu', property);
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  }
}

let loaded: { gpu: GPU; globals: Dawn['globals'] } | null = null;

async function dawn(): Promise<NonNullable<typeof loaded>> {
  if (loaded) return loaded;
  let module: Dawn;
  try {
    const name = 'webgpu';
    module = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  } catch (error) {
    throw new Error(
      'in Node it needs the package webgpu, which did not load. Install it: npm install webgpu',
      { cause: error },
    );
  }
  loaded ??= { gpu: module.create([]), globals: module.globals };
  return loaded;
}

/**
 * Makes Dawn settle every promise that it can settle now. Dawn passes this function to
 * `setImmediate`.
 */
let poll: (() => void) | null = null;

/**
 * Finds Dawn's polling function. While one of Dawn's promises is open, Dawn waits for the GPU: it
 * passes a polling function to `setImmediate`, again and again. All these functions do the same.
 * This function takes the first one, from the promise of a device.
 */
async function learnToPoll(adapter: GPUAdapter): Promise<void> {
  let device: Promise<GPUDevice> | undefined;
  const [asked] = immediatesIn(() => {
    device = adapter.requestDevice();
  });
  poll ??= asked?.callback ?? null;
  (await device!).destroy();
}

interface Immediate {
  callback: () => void;
  handle: unknown;
}

/**
 * Returns the immediates that a synchronous call into Dawn queues. They stay queued. `setImmediate`
 * is replaced only during the call.
 */
function immediatesIn(call: () => void): Immediate[] {
  const asked: Immediate[] = [];
  const original = globalThis.setImmediate;
  const watched = (callback: () => void, ...args: unknown[]) => {
    const handle = original(callback, ...(args as []));
    asked.push({ callback, handle });
    return handle;
  };
  globalThis.setImmediate = Object.assign(watched, original);
  try {
    call();
  } finally {
    globalThis.setImmediate = original;
  }
  return asked;
}

/**
 * Waits for a promise of Dawn's without returning to the event loop.
 *
 * While a promise is open, one immediate of Dawn's is queued. Each poll queues another one, after
 * those of event listeners, and this function removes it. At the end it opens another promise, so
 * that the queued immediate has a promise to wait for.
 *
 * @param queue the queue of the device that computes
 * @param isOpen whether the promise is still open. It must be open before the call.
 * @param patience milliseconds after which it gives up
 * @throws Error if this version of Dawn cannot be polled
 */
export function waitForDawn(queue: GPUQueue, isOpen: () => boolean, patience: number): void {
  if (!poll) {
    throw new Error(
      'dataSync: the package webgpu must be a version whose Dawn waits with setImmediate ' +
        '(0.6.2 does); await data() instead',
    );
  }
  // No code changes this memory, so each wait lasts its full time. Pages may not have such memory,
  // and do not call this function.
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + patience;
  let again: Immediate | undefined;
  for (let pause = 0.02; isOpen(); pause = Math.min(2 * pause, 1)) {
    takeBack(again);
    again = undefined;
    if (performance.now() > end) return;
    Atomics.wait(nothing, 0, 0, pause);
    again = immediatesIn(poll).at(-1);
  }
  const [first] = immediatesIn(() => {
    queue.onSubmittedWorkDone().catch(() => undefined);
  });
  // If no promise was open, the last poll queued no immediate of Dawn's. Then this promise queued
  // one.
  takeBack(first ?? again);
}

function takeBack(immediate: Immediate | undefined): void {
  if (immediate) clearImmediate(immediate.handle as NodeJS.Immediate);
}

/** Whether this module provided `navigator.gpu`. */
export function isDawn(): boolean {
  return loaded !== null && (globalThis.navigator as Navigator | undefined)?.gpu === loaded.gpu;
}
