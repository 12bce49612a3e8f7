import { RealFft } from './real-fft.js';
import { RealFft2d } from './real-fft-2d.js';
import { requireLength, requirePlane } from './spectrum-arrays.js';

/** Plans that are kept, of each kind; the one that was not used for longest goes first. */
export const MAX_PLANS = 32;

const rows = new Map<string, RealFft>();
const planes = new Map<string, RealFft2d>();

/**
 * The plan of a length, made once and kept while it is in use. It is shared: do not hold on to it across an `await` of yours, as its
 * scratch is everybody's.
 *
 * @throws ConfigError if the length is not an integer ≥ 1.
 */
export function realFft(length: number): RealFft {
  requireLength('realFft', 'length', length);
  return kept(rows, `${length}`, () => new RealFft(length));
}

/**
 * The plan of a plane's size; see {@link realFft}.
 *
 * @throws ConfigError if a size is not an integer ≥ 1.
 */
export function realFft2d(height: number, width: number): RealFft2d {
  requirePlane('realFft2d', height, width);
  return kept(planes, `${height}×${width}`, () => new RealFft2d(height, width));
}

/** Forgets all plans, and frees their memory. */
export function clearPlans(): void {
  rows.clear();
  planes.clear();
}

function kept<Plan>(plans: Map<string, Plan>, key: string, make: () => Plan): Plan {
  const plan = plans.get(key) ?? make();
  // The map's order is that of the last use.
  plans.delete(key);
  plans.set(key, plan);
  if (plans.size > MAX_PLANS) plans.delete(plans.keys().next().value!);
  return plan;
}
