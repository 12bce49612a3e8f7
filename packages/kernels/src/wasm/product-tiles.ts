import { backend, type KernelBackend } from '@tensorflow/tfjs-core';
import { type KernelModule, kernelModule } from './kernel-module.js';

/** The tiles that products of matrices and convolutions run in: rows × columns. */
export type ProductTiles = '4×8' | '6×16';

/**
 * Rounds of a try with each tile. Optimised, each takes about half a millisecond. Clocks of
 * browsers are as coarse as 0.1 ms.
 */
const ROUNDS = { '4×8': 1440, '6×16': 480 };
/** Operations per step of a tile: a multiplication and an addition for each value. */
const OPERATIONS_A_STEP = { '4×8': 2 * 4 * 8, '6×16': 2 * 6 * 16 };
/** Between tries, in milliseconds. Meanwhile the engine optimises both loops. */
const PAUSE = 5;
/** The last try, for an engine that is never seen to optimise. */
const MOST_TRIES = 40;
/** Tries after both loops have been seen to run faster than at first. */
const TRIES_WHEN_OPTIMISED = 3;
/** An optimised loop is at least so many times as fast as the first try. */
const OPTIMISED = 1.5;
/**
 * The wide tiles must be so many times as fast. Joined they are 1.4 to 1.9 times, else 0.7 times.
 */
const WORTHWHILE = 1.2;

interface Choice {
  tiles: ProductTiles;
  done: Promise<ProductTiles>;
  /** Keeps the process running until the choice is made. */
  hold(): void;
}

const choices = new WeakMap<KernelModule, Choice>();

/**
 * Measures GFLOP/s of one core in products of both tiles, on data in the first-level cache, and
 * returns them.
 */
export function tileSpeeds(module: KernelModule): Record<ProductTiles, number> {
  const { kernels } = module;
  const steps = kernels.productSteps();
  const operands = module.tables({
    a: new Float32Array(6 * steps).fill(0.5),
    x: new Float32Array(16 * steps).fill(0.25),
    y: new Float32Array(6 * 16),
  });
  const speed = (tiles: ProductTiles, run: () => void) => {
    const start = performance.now();
    run();
    const duration = performance.now() - start;
    return (ROUNDS[tiles] * steps * OPERATIONS_A_STEP[tiles]) / duration / 1e6;
  };
  return {
    '4×8': speed('4×8', () => kernels.productRounds({ ...operands, rounds: ROUNDS['4×8'] })),
    '6×16': speed('6×16', () => kernels.wideRounds({ ...operands, rounds: ROUNDS['6×16'] })),
  };
}

/**
 * Chooses the faster tiles for a backend, by measurements in the background. Some engines join two
 * operations on 128 bits into one on 256 bits, and wide tiles are faster only there. No flag tells
 * a page whether its engine does. All tiles give the same numbers, so the choice may come late.
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
  const choice: Choice = {
    tiles: '4×8',
    done: measure(),
    hold: () => {
      isHeld = true;
      (timer as { ref?: () => void } | undefined)?.ref?.();
    },
  };
  async function measure(): Promise<ProductTiles> {
    const best = { '4×8': 0, '6×16': 0 };
    let first: Record<ProductTiles, number> | undefined;
    let optimised = 0;
    for (let tries = 0; tries < MOST_TRIES && optimised < TRIES_WHEN_OPTIMISED; tries++) {
      await pause();
      let speeds: Record<ProductTiles, number>;
      try {
        speeds = tileSpeeds(module!);
      } catch {
        // Without memory for the operands, the tiles stay as they are.
        break;
      }
      first ??= speeds;
      for (const tiles of ['4×8', '6×16'] as const) {
        best[tiles] = Math.max(best[tiles], speeds[tiles]);
      }
      const isOptimised = (tiles: ProductTiles) => best[tiles] > OPTIMISED * first![tiles];
      if (isOptimised('4×8') && isOptimised('6×16')) optimised++;
      const isWide = best['6×16'] > WORTHWHILE * best['4×8'];
      choice.tiles = isWide ? '6×16' : '4×8';
      module!.kernels.setWideTiles({ on: isWide });
    }
    return choice.tiles;
  }
  choices.set(module, choice);
}

/**
 * Resolves to the tiles that products run in on the current backend. `useBackend('wasm')` measures
 * in the background which are faster. This takes up to 0.2 s, in which products already run.
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
