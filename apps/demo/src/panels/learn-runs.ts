import { poolingColor, QUIET } from '@ds/palette';
import { type Signal, signal } from '@preact/signals';
import { proxy } from 'comlink';
import { latestOnly, messageOf, WorkerLink } from '../ui/worker-link.js';
import type { FeatureMaps, LearnProgress } from '../workers/learn-api.js';

/** One of the two runs. */
export class Run {
  // For small maps and many steps, wasm with SIMD kernels is the fastest backend, also among GPUs.
  readonly link = new WorkerLink(({ learn }) => learn.start('wasm'));
  readonly pooling: Signal<string>;
  readonly history = signal<LearnProgress[]>([]);
  readonly maps = signal<FeatureMaps[]>([]);
  readonly probabilities = signal<Float32Array | null>(null);
  /** How often it was restarted. */
  beginnings = 0;

  constructor(
    readonly name: string,
    pooling: string,
  ) {
    this.pooling = signal(pooling);
  }

  get now(): LearnProgress | undefined {
    return this.history.value.at(-1);
  }
}

export const runs = [new Run('left', 'diffstride'), new Run('right', 'conv')] as const;

/** The colour of a run is that of its pooling. If both are equal, the right one is grey. */
export function colorOf(run: Run): string {
  const [left, right] = runs.map(({ pooling }) => pooling.value);
  return run === runs[1] && left === right ? QUIET : poolingColor(run.pooling.value);
}

/** The initial settings of both runs. */
export const strides = [signal(3), signal(2)] as const;
export const smoothness = signal(2);
export const lambda = signal(0);
export const seed = signal(1);
/** Whether the right run begins with about as much work as the left one. */
export const isEqualWork = signal(false);
export const state = signal<'idle' | 'playing' | 'paused'>('idle');
export const error = signal<string | null>(null);
/** The drawn digit, 32×32 bytes. */
export const digit = signal<Uint8Array | null>(null);

/** Steps between two updates of the feature maps and of the prediction for the drawn digit. */
const LOOK_EVERY = 8;

/** Milliseconds between two updates of the numbers. Steps are faster, and buttons need time too. */
const SHOW_EVERY = 100;

/**
 * Rebuilds both networks, and plays at once if asked to. If several resets arrive meanwhile, only
 * the last one runs.
 */
export const reset = latestOnly<{ plays: boolean }>(async ({ plays }) => {
  state.value = 'idle';
  try {
    const [left, right] = runs;
    if (isEqualWork.peek()) await begin(right, await begin(left));
    else await Promise.all([begin(left), begin(right)]);
    if (!digit.peek()) digit.value = await runs[0].link.call(({ learn }) => learn.digit(3));
    await Promise.all(runs.map(look));
    state.value = 'paused';
    error.value = null;
    if (plays) await all('play');
  } catch (reason) {
    error.value = messageOf(reason);
  }
});

/** Begins a run, with about as many multiply-adds as asked. Returns how many it has. */
async function begin(run: Run, macs?: number): Promise<number> {
  const pooling = run.pooling.peek();
  const initial: [number, number] =
    macs === undefined
      ? [strides[0].peek(), strides[1].peek()]
      : await run.link.call(({ learn }) => learn.stridesOfWork(pooling, smoothness.peek(), macs));
  const settings = {
    pooling,
    strides: initial,
    smoothness: smoothness.peek(),
    lambda: lambda.peek(),
    seed: seed.peek(),
  };
  // Progress and the answer of `begin` come over different ports, so a step of the run before may
  // arrive last.
  run.beginnings += 1;
  const own = run.beginnings;
  const past: LearnProgress[] = [];
  let isShowing = false;
  const onProgress = (progress: LearnProgress) => {
    if (own !== run.beginnings) return;
    // The end of an epoch reports its last step again.
    if (past.at(-1)?.step === progress.step) past.pop();
    past.push(progress);
    if (!isShowing) {
      isShowing = true;
      setTimeout(() => {
        isShowing = false;
        if (own === run.beginnings) run.history.value = [...past];
      }, SHOW_EVERY);
    }
    if (progress.step % LOOK_EVERY === 0) look(run);
  };
  const onFailed = (message: string) => {
    if (own !== run.beginnings) return;
    halt(`${run.name}: ${message}`);
  };
  const first = await run.link.call(({ learn }) =>
    learn.begin(settings, proxy(onProgress), proxy(onFailed)),
  );
  past.unshift(first);
  run.history.value = [...past];
  return first.macs;
}

/** Classifies the drawn digit with a network. */
export async function look(run: Run): Promise<void> {
  const bytes = digit.peek();
  if (!bytes) return;
  try {
    run.probabilities.value = await run.link.call(({ learn }) => learn.classify(bytes));
    run.maps.value = await run.link.call(({ learn }) => learn.featureMaps(bytes));
  } catch (reason) {
    error.value = messageOf(reason);
  }
}

/** Calls a method of both runs. If one fails, both pause. */
export async function all(action: 'play' | 'pause' | 'step'): Promise<void> {
  if (action !== 'step') state.value = action === 'play' ? 'playing' : 'paused';
  try {
    await Promise.all(runs.map(({ link }) => link.call(({ learn }) => learn[action]())));
  } catch (reason) {
    halt(messageOf(reason));
  }
}

/** Shows why a run failed, and pauses the other one. */
function halt(message: string): void {
  error.value = message;
  state.value = 'paused';
  for (const { link } of runs) link.call(({ learn }) => learn.pause()).catch(() => {});
}
