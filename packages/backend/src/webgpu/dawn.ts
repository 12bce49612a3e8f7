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
  const gpu = (await dawn()).gpu;
  if (!(await gpu.requestAdapter())) throw new Error(NO_DRIVER);
  const property = { value: gpu, configurable: true };
  if (existing) Object.defineProperty(existing, 'gpu', property);
  else {
    const navigator = Object.defineProperty({}, 'gpu', property);
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  }
}

let loaded: { gpu: GPU } | null = null;

async function dawn(): Promise<{ gpu: GPU }> {
  if (loaded) return loaded;
  let module: Dawn;
  try {
    const name = 'webgpu';
    module = await import(/* @vite-ignore */ name);
  } catch (error) {
    throw new Error('in Node it needs the package webgpu, which did not load', { cause: error });
  }
  for (const [name, value] of Object.entries(module.globals)) {
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
  }
  rememberPolls();
  loaded = { gpu: module.create([]) };
  return loaded;
}

/** What Dawn wants called to see whether anything it promised is there. */
let polls: (() => void)[] = [];
/** Whether the event loop will call them. */
let isQueued = false;

/**
 * Dawn keeps its promises from `setImmediate`, which only comes once JavaScript has returned. What it passes there is kept aside and
 * called from one immediate, so that {@link pollDawn} can call it at once. Everybody else's calls are passed on as they are.
 */
function rememberPolls(): void {
  const original = globalThis.setImmediate;
  const wrapped = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    const isDawns = args.length === 0 && /\{ \[native code\] \}$/.test(String(callback));
    if (!isDawns) return original(callback, ...args);
    polls.push(callback);
    if (isQueued) return undefined;
    isQueued = true;
    return original(() => {
      isQueued = false;
      pollDawn();
    });
  };
  globalThis.setImmediate = Object.assign(wrapped, original) as unknown as typeof setImmediate;
}

/** Lets Dawn keep the promises it can, without returning to the event loop. Nothing to do elsewhere. */
export function pollDawn(): void {
  const due = polls;
  polls = [];
  for (const poll of due) poll();
}

/** Whether `navigator.gpu` is the one this module provided. */
export function isDawn(): boolean {
  return loaded !== null && (globalThis.navigator as Navigator | undefined)?.gpu === loaded.gpu;
}
