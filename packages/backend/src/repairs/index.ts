import { argMinMax } from './arg-min-max.js';
import { averagePoolGradient } from './average-pool-gradient.js';
import { broadcastGradients } from './broadcast-gradients.js';
import { complexParts } from './complex-parts.js';
import { emptyReductions } from './empty-reductions.js';
import { highRankBroadcast } from './high-rank-broadcast.js';
import { integersAndBooleans } from './integers-and-booleans.js';
import { maxPool } from './max-pool.js';
import { maxPoolGradient } from './max-pool-gradient.js';
import { numberPadding } from './number-padding.js';
import { pad } from './pad.js';
import { pool3d } from './pool-3d.js';
import type { Repair } from './repair.js';
import { select } from './select.js';
import { tileGradient } from './tile-gradient.js';
import { unstackGradient } from './unstack-gradient.js';

/** Everything that tfjs computes wrongly and this package puts right, in the order in which it is installed. */
export const REPAIRS: readonly Repair[] = [
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
  argMinMax,
  pad,
  select,
  complexParts,
  highRankBroadcast,
  integersAndBooleans,
  emptyReductions,
  broadcastGradients,
  unstackGradient,
  tileGradient,
  pool3d,
  // Wraps what the others registered.
  numberPadding,
];

const installed = new Map<string, Promise<string[]>>();

/** Installs what a backend needs, once in a process; the names of what was put right. */
export function installRepairs(backend: string): Promise<string[]> {
  let names = installed.get(backend);
  if (!names) {
    names = install(backend);
    installed.set(backend, names);
  }
  return names;
}

async function install(backend: string): Promise<string[]> {
  const repairs = REPAIRS.filter(({ backends }) => backends.includes(backend));
  // One after the other: some wrap what others registered.
  for (const repair of repairs) await repair.install(backend);
  return repairs.map(({ name }) => name);
}
