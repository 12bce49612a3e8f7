import { backend, type KernelBackend } from '@tensorflow/tfjs-core';
import { type KernelModule, kernelModule } from './kernel-module.js';

/** The tiles that products of matrices and convolutions run in: rows x columns. */
export type ProductTiles = '4x8' | '6x16';

type Speeds = Record<ProductTiles, number>;

/** Operations per step of a tile: a multiplication and an addition for each value. */
const OPERATIONS_A_STEP = { '4x8': 2 * 4 * 8, '6x16': 2 * 6 * 16 };
/** Rounds of the first try, in multiples of a round of 6x16. Not optimised, they take 0.2 ms. */
const FIRST_ROUNDS = 4;
/** The least time of a measurement: milliseconds, and ticks of the clock. */
const SHORTEST = 0.2;
const FEWEST_TICKS = 10;
/** With a coarser clock, in milliseconds, a measurement would block the page for too long. */
const COARSEST_TICK = 0.2;
/** Between tries, in milliseconds. Meanwhile the engine optimises both loops. */
const PAUSE = 5;
/** The last try, for an engine that is never seen to optimise. */
const MOST_TRIES = 40;
/** Tries after both loops have been seen to run faster than at first. */
const TRIES_WHEN_OPTIMISED = 3;
/** The least speedup of a loop, over its first try, that counts as optimised. */
const OPTIMISED = 1.5;
/** Wide tiles are chosen from this speedup on. On x64 their speedup is 1.4 to 1.9, or 0.7. */
const WORTHWHILE = 1.2;

interface Choice {
  done: Promise<ProductTiles>;
  /** Keeps the process running until the choice is made. */
  hold(): void;
}

const choices = new WeakMap<KernelModule, Choice>();

/** Measures both tiles of a module, on data in the first-level cache. */
export class TileMeasurement {
  readonly tick = tickOfClock();
  readonly #module: KernelModule;
  #rounds = FIRST_ROUNDS;

  constructor(module: KernelModule) {
    this.#module = module;
  }

  /**
   * Returns GFLOP/s of one core in each tile, or `null` if the clock was too coarse for a try. Then
   * the next one takes longer.
   */
  next(): Speeds | null {
    const { kernels, tables } = this.#module;
    const steps = kernels.productSteps();
    const operands = tables({
      a: new Float32Array(6 * steps).fill(0.5),
      x: new Float32Array(16 * steps).fill(0.25),
      y: new Float32Array(6 * 16),
    });
    const rounds = { '4x8': 3 * this.#rounds, '6x16': this.#rounds };
    const durations = {
      '4x8': duration(() => kernels.productRounds({ ...operands, rounds: rounds['4x8'] })),
      '6x16': duration(() => kernels.wideRounds({ ...operands, rounds: rounds['6x16'] })),
    };
    const shortest = Math.max(SHORTEST, FEWEST_TICKS * this.tick);
    if (Math.min(...Object.values(durations)) < shortest) {
      this.#rounds *= 2;
      return null;
    }
    const speed = (tiles: ProductTiles) =>
      (rounds[tiles] * steps * OPERATIONS_A_STEP[tiles]) / durations[tiles] / 1e6;
    return { '4x8': speed('4x8'), '6x16': speed('6x16') };
  }
}

function duration(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Reads of the clock that take longer than any tick, and end if a test has stopped the clock. */
const MOST_READS = 1_000_000;

/** The smallest step of the clock, in milliseconds. Pages have clocks of 0.005 to 1 ms. */
function tickOfClock(): number {
  const start = performance.now();
  for (let reads = 0; reads < MOST_READS; reads++) {
    const next = performance.now();
    if (next !== start) return next - start;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Chooses the faster tiles for a backend, by measurements in the background. Some engines join two
 * operations on 128 bits into one on 256 bits. On x64, wide tiles are faster only there. A page
 * cannot ask whether its engine does. All tiles give the same numbers, so the choice may come late.
 */
export function chooseTiles(of: KernelBackend): void {
  const module = kernelModule(of);
  if (!module || choices.has(module)) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isHeld = false;
  const pause = () =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PAUSE);
      // In Node, a program that has nothing else to do ends without the choice.
      if (!isHeld) (timer as { unref?: () => void }).unref?.();
    });
  choices.set(module, {
    done: fasterTiles(module, pause).then((tiles) => {
      module.kernels.setWideTiles({ on: tiles === '6x16' });
      return tiles;
    }),
    hold: () => {
      isHeld = true;
      (timer as { ref?: () => void } | undefined)?.ref?.();
    },
  });
}

/** Measures until both loops are optimised, and returns the faster tiles. */
async function fasterTiles(
  module: KernelModule,
  pause: () => Promise<void>,
): Promise<ProductTiles> {
  await pause();
  const measurement = new TileMeasurement(module);
  if (measurement.tick > COARSEST_TICK) return '4x8';
  const best: Speeds = { '4x8': 0, '6x16': 0 };
  let first: Speeds | null = null;
  let optimised = 0;
  for (let tries = 0; tries < MOST_TRIES && optimised < TRIES_WHEN_OPTIMISED; tries++) {
    let speeds: Speeds | null;
    try {
      speeds = measurement.next();
    } catch {
      // There was no memory for the operands.
      return '4x8';
    }
    if (speeds) {
      first ??= speeds;
      best['4x8'] = Math.max(best['4x8'], speeds['4x8']);
      best['6x16'] = Math.max(best['6x16'], speeds['6x16']);
      const isOptimised =
        best['4x8'] > OPTIMISED * first['4x8'] && best['6x16'] > OPTIMISED * first['6x16'];
      if (isOptimised) optimised++;
    }
    await pause();
  }
  return best['6x16'] > WORTHWHILE * best['4x8'] ? '6x16' : '4x8';
}

/**
 * Resolves to the tiles that products run in on the current backend. `useBackend('wasm')` measures
 * in the background which are faster. This takes about 0.2 s, in which products already run. With a
 * clock coarser than 0.2 ms it does not measure, and takes the tiles of 4x8.
 *
 * @returns `null` if no SIMD kernels are linked: on other backends, or before `useBackend('wasm')`.
 */
export async function productTiles(): Promise<ProductTiles | null> {
  const module = kernelModule(backend());
  const choice = module && choices.get(module);
  if (!choice) return null;
  choice.hold();
  return choice.done;
}
