import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/** Capacity of the cache. The least recently used plan is evicted first. */
const MOST_PLANS = 16;
/** A plan's address must be a multiple of it. */
const ALIGNMENT = 64;

/** A plan in the memory of a backend: where it was allocated, and where it starts. */
interface Plan {
  allocated: number;
  address: number;
}

const caches = new WeakMap<WasmBackend, Map<string, Plan>>();

/** The address of a plan for planes of one size, in the memory of the backend. */
export function planePlan(backend: WasmBackend, height: number, width: number): number {
  const { kernels } = kernelModule(backend)!;
  const plans = caches.get(backend) ?? new Map<string, Plan>();
  caches.set(backend, plans);
  const key = `${height}×${width}`;
  let plan = plans.get(key);
  if (!plan) {
    if (plans.size === MOST_PLANS) {
      const [oldest, { allocated }] = plans.entries().next().value!;
      backend.wasm._free(allocated);
      plans.delete(oldest);
    }
    const bytes = kernels.planeBytes32({ height, width });
    const allocated = backend.wasm._malloc(bytes + ALIGNMENT) >>> 0;
    plan = { allocated, address: Math.ceil(allocated / ALIGNMENT) * ALIGNMENT };
    kernels.makePlane32({ plan: plan.address, height, width });
  }
  // Reinserting keeps the map ordered by last use.
  plans.delete(key);
  plans.set(key, plan);
  return plan.address;
}
