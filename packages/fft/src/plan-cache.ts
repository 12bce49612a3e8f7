import { RealFft } from './real-fft.js';
import { RealFft2d } from './real-fft-2d.js';
import type { RealFft2dPlan, RealFftPlan } from './real-fft-plan.js';
import { requireLength, requirePlane } from './spectrum-arrays.js';

/** Capacity of each plan cache. The least recently used plan is evicted first. */
export const MAX_PLANS = 32;

/**
 * The most values of the plans in a cache, if it has several. A plan takes up to about 50 bytes a
 * value, so a cache stays below half a gigabyte.
 */
export const MAX_VALUES = 2 ** 23;

/** A plan, and the number of values that it transforms. */
interface Kept<Plan> {
  plan: Plan;
  values: number;
}

const rows = new Map<string, Kept<RealFftPlan>>();
const planes = new Map<string, Kept<RealFft2dPlan>>();

// Two variables, so that a bundler can drop the one that a program does not use.
let makeSignal = (length: number): RealFftPlan => new RealFft(length);
let makePlane = (height: number, width: number): RealFft2dPlan => new RealFft2d(height, width);

/** Makes the plans of the caches by other functions from now on. */
export function providePlans(signal: typeof makeSignal, plane: typeof makePlane): void {
  makeSignal = signal;
  makePlane = plane;
  clearPlans();
}

/**
 * The cached plan for signals of one length: a `RealFft`, or after `loadSimd` of `@ds/fft/simd` a
 * `SimdRealFft`. All callers share it and its scratch buffers, so do not keep it across an `await`.
 *
 * @throws ConfigError if the length is not an integer ≥ 1.
 */
export function realFft(length: number): RealFftPlan {
  requireLength('realFft', 'length', length);
  return kept(rows, `${length}`, length, () => makeSignal(length));
}

/**
 * The cached plan for planes of one size; see {@link realFft}.
 *
 * @throws ConfigError if a size is not an integer ≥ 1.
 */
export function realFft2d(height: number, width: number): RealFft2dPlan {
  requirePlane('realFft2d', height, width);
  return kept(planes, `${height}×${width}`, height * width, () => makePlane(height, width));
}

/** Empties both plan caches and frees their memory. */
export function clearPlans(): void {
  rows.clear();
  planes.clear();
}

function kept<Plan>(
  plans: Map<string, Kept<Plan>>,
  key: string,
  values: number,
  make: () => Plan,
): Plan {
  const known = plans.get(key);
  if (known) {
    // Reinserting keeps the map ordered by last use.
    plans.delete(key);
    plans.set(key, known);
    return known.plan;
  }
  let total = values;
  for (const one of plans.values()) total += one.values;
  // Room comes first, so that the memory of evicted plans is free for the new one.
  for (const [oldest, one] of plans) {
    if (plans.size < MAX_PLANS && total <= MAX_VALUES) break;
    plans.delete(oldest);
    total -= one.values;
  }
  const plan = make();
  plans.set(key, { plan, values });
  return plan;
}
