/** What the package `webgpu` exports: Dawn, Chromium's WebGPU, for Node. */
interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

const NO_DRIVER =
  'no GPU driver was found. On Linux it is a Vulkan driver with its loader: the one of your card and libvulkan1, or in software the ' +
  'one that VK_ICD_FILENAMES names (vk_swiftshader_icd.json comes with Chromium)';

/**
 * Sees to it that there is a `navigator.gpu`: a browser's own, or in Node the one of Dawn, from the package `webgpu`.
 *
 * @throws Error if a browser has none, or in Node the package or a driver is missing.
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
    module = await import(/* @vite-ignore */ name);
  } catch (error) {
    throw new Error('in Node it needs the package webgpu, which did not load', { cause: error });
  }
  loaded ??= { gpu: module.create([]), globals: module.globals };
  return loaded;
}

/**
 * Lets Dawn settle every promise that it can settle now. Dawn passes this function to
 * `setImmediate`.
 */
let poll: (() => void) | null = null;

/**
 * Learns Dawn's polling function. While a promise of Dawn's is open, Dawn waits for the GPU: again
 * and again it asks `setImmediate` to call a function of its own. It always passes an equal
 * function. This learns the function from the first promise of a fresh Dawn, which is that of a
 * device.
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
 * Returns the immediates that are asked for during a synchronous call into Dawn. They are queued as
 * always. `setImmediate` is replaced only until the call returns.
 */
function immediatesIn(call: () => void): Immediate[] {
  const asked: Immediate[] = [];
  const original = globalThis.setImmediate;
  const watched = (callback: () => void, ...args: unknown[]) => {
    const handle = original(callback, ...(args as []));
    asked.push({ callback, handle });
    return handle;
  };
  globalThis.setImmediate = Object.assign(watched, original) as unknown as typeof setImmediate;
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
 * While a promise is open, one immediate of Dawn's is queued. Each poll queues one more, which this
 * function takes back: it is the last that the poll asked for, behind those of event listeners. The
 * wait ends with another promise, so that the queued immediate has something to wait for.
 *
 * @param queue of the device that works.
 * @param isOpen whether the promise is still open. A promise of Dawn's must be open before this is
 *   called.
 * @param patience milliseconds after which it gives up.
 * @throws Error if this version of Dawn does not show how to poll it.
 */
export function waitForDawn(queue: GPUQueue, isOpen: () => boolean, patience: number): void {
  if (!poll) {
    throw new Error(
      'dataSync: the package webgpu must be a version whose Dawn waits with setImmediate ' +
        '(0.6.2 does); await data() instead',
    );
  }
  // Nothing changes this memory, so a wait for it lasts its full time. Pages have no such memory,
  // and no use for this function.
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
  // If no promise was open, the last poll asked for nothing of Dawn's. Then this promise asked
  // instead.
  takeBack(first ?? again);
}

function takeBack(immediate: Immediate | undefined): void {
  if (immediate) clearImmediate(immediate.handle as NodeJS.Immediate);
}

/** Whether `navigator.gpu` is the one this module provided. */
export function isDawn(): boolean {
  return loaded !== null && (globalThis.navigator as Navigator | undefined)?.gpu === loaded.gpu;
}
