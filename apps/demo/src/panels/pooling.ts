import { computed, effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { backendInUse, wantedBackend } from '../state/backend-state.js';
import { poolPicture as picture, poolState } from '../state/pool-state.js';
import { PoolCrew, type Pooled } from '../ui/pool-crew.js';
import { latestOnly, messageOf, startOn, WorkerEnded } from '../ui/worker-link.js';
import type { Alternative } from '../workers/compare-api.js';
import type { Picture } from '../workers/image-bytes.js';
import type { PageBackend } from '../workers/page-backends.js';
import type { PoolSettings } from '../workers/pool-api.js';

const crew = new PoolCrew();

/** Another pooling, and the size of DiffStride's output. */
export interface Compared extends Alternative {
  wanted: [height: number, width: number];
}

/** The worker of the pooling panel, shared with the panel on spans. */
export const poolWorker = crew.lead;

/** Width over height of the picture. Pooled pictures are enlarged to it. */
export const aspect = computed(() =>
  picture.value ? picture.value.width / picture.value.height : 1,
);

/** The log-spectrum of the picture. */
export const spectrum = signal<Picture | null>(null);
export const pooled = signal<Pooled | null>(null);
/** The picture pooled by the other poolings, with as many outputs where they can. */
export const alternatives = signal<Compared[]>([]);
export const error = signal<string | null>(null);
/** How the page handled a failure. The note stays visible. */
export const notice = signal<string | null>(null);
const isReady = signal(false);
/** Whether no backend was chosen yet. */
let isFirst = true;
/** Whether the list of backends follows the backend in use, so that nothing starts. */
let isFollowing = false;

/** The other poolings, in the order of the page. */
const ALTERNATIVES = ['strided', 'max', 'average', 'blur', 'fractional max'];

/** Number of slider moves. */
let moves = 0;

const compare = latestOnly<{ size: [number, number]; seed: number }>(async ({ size, seed }) => {
  const found: Compared[] = [];
  const asked = moves;
  for (const name of ALTERNATIVES) {
    // A later move changes the size.
    if (!isReady.peek() || moves !== asked) return;
    try {
      found.push({ ...(await crew.alternative(name, size, seed)), wanted: size });
    } catch (reason) {
      if (!(reason instanceof WorkerEnded)) error.value = messageOf(reason);
      return;
    }
  }
  alternatives.value = found;
});

let comparison: ReturnType<typeof setTimeout> | undefined;

const pool = latestOnly<PoolSettings>(async (settings) => {
  if (!isReady.peek()) return;
  moves++;
  clearTimeout(comparison);
  try {
    const result = await crew.pool(settings);
    pooled.value = result;
    error.value = null;
    // The other poolings are computed when the sliders stop.
    const size: [number, number] = [result.picture.height, result.picture.width];
    comparison = setTimeout(() => compare({ size, seed: poolState.seed.peek() }), 120);
  } catch (reason) {
    recover(reason);
  }
});

/** Continues with wasm when another backend fails, for example after a lost GPU. */
function recover(reason: unknown): void {
  // While a backend starts, the failure is of the one before.
  if (reason instanceof WorkerEnded || !isReady.peek()) return;
  const { name } = backendInUse.peek() ?? { name: 'wasm' };
  if (name === 'wasm') {
    error.value = messageOf(reason);
    return;
  }
  // Pooling is off until wasm has the picture.
  isReady.value = false;
  notice.value = `${name} failed (${messageOf(reason)}); the page continues with wasm.`;
  crew.end();
  wantedBackend.value = 'wasm';
}

const start = latestOnly<PageBackend>(async (wanted) => {
  const isDefault = isFirst;
  isFirst = false;
  isReady.value = false;
  try {
    const note = await startOn((name) => crew.start(name), wanted);
    // Another choice was made meanwhile, and starts next.
    if (wantedBackend.peek() !== wanted) return;
    backendInUse.value =
      isDefault && note.name === wanted ? { ...note, reason: 'the default of this page' } : note;
    if (note.name !== wanted) {
      isFollowing = true;
      wantedBackend.value = 'wasm';
      isFollowing = false;
    }
    isReady.value = true;
  } catch (reason) {
    error.value = `Nothing can be computed here: ${messageOf(reason)}`;
  }
});

/** Pools again when the backend, the picture or a setting changes. */
export function usePooling(): void {
  useEffect(() => effect(startBackend), []);
  useEffect(() => effect(poolNewPicture), []);
  useEffect(() => effect(poolAtNewStrides), []);
  useEffect(() => effect(compareAtNewSeed), []);
}

function startBackend(): void {
  const wanted = wantedBackend.value;
  if (!isFollowing) start(wanted);
}

function poolNewPicture(): void {
  const taken = picture.value;
  if (!isReady.value || !taken) return;
  (async () => {
    try {
      spectrum.value = await crew.setPicture(taken);
      pool(settingsNow());
    } catch (reason) {
      recover(reason);
    }
  })();
}

function poolAtNewStrides(): void {
  const settings = {
    strideH: poolState.sh.value,
    strideW: poolState.sw.value,
    smoothness: poolState.r.value,
  };
  if (spectrum.peek()) pool(settings);
}

function compareAtNewSeed(): void {
  const seed = poolState.seed.value;
  const result = pooled.peek();
  if (result) compare({ size: [result.picture.height, result.picture.width], seed });
}

function settingsNow(): PoolSettings {
  return {
    strideH: poolState.sh.peek(),
    strideW: poolState.sw.peek(),
    smoothness: poolState.r.peek(),
  };
}
