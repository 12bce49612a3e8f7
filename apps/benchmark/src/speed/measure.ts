import { setTimeout as rest } from 'node:timers/promises';
import { quantile } from '../statistics/quantile.js';
import type { SpeedCase } from './cases.js';
import type { Contender } from './contender.js';

/** Times of one contender on one case, in milliseconds. */
export interface Timing {
  median: number;
  /** Tenth and ninetieth percentile. */
  low: number;
  high: number;
  /** GFLOP/s at the median; `null` if the case does not count operations. */
  gflops: number | null;
  /** Median, over tries, of this contender's time divided by the first contender's. */
  ratio: number;
}

/** One case, with each contender's timing or the reason for its absence. */
export interface SpeedRow {
  case: SpeedCase;
  timings: Record<string, Timing | { cannot: string }>;
}

/** Options of {@link measure}. */
export interface MeasureOptions {
  /** Number of tries of each contender. */
  repeats: number;
  /** Once a case has taken this long, in ms, three tries are enough. */
  patience: number;
  /** Returns the reason to skip a case for a contender, or `null`. */
  skips?: (contender: Contender, speedCase: SpeedCase) => string | null;
}

/** Pause between two contenders, in ms. Idle threads of some contenders spin for a while. */
const PAUSE = 20;

/** Minimum number of tries of a slow case. */
const FEWEST = 3;

/**
 * Times the contenders on a case. They alternate, try by try, so that other load on the machine
 * affects all of them equally. Each contender is warmed up first.
 */
export async function measure(
  speedCase: SpeedCase,
  contenders: Contender[],
  { repeats, patience, skips = () => null }: MeasureOptions,
): Promise<SpeedRow> {
  const timings: SpeedRow['timings'] = {};
  const able: { contender: Contender; times: number[] }[] = [];
  for (const contender of contenders) {
    const cannot = skips(contender, speedCase) ?? (await contender.prepare(speedCase));
    if (cannot === null) able.push({ contender, times: [] });
    else timings[contender.name] = { cannot };
  }
  let spent = 0;
  for (let round = 0; round < repeats && (round < FEWEST || spent < patience); round++) {
    for (const { contender, times } of able) {
      await rest(PAUSE);
      const ms = await contender.time();
      times.push(ms);
      spent += ms;
    }
  }
  const reference = able[0]?.times ?? [];
  for (const { contender, times } of able) {
    const median = quantile(times, 0.5);
    timings[contender.name] = {
      median,
      low: quantile(times, 0.1),
      high: quantile(times, 0.9),
      gflops: speedCase.flops > 0 ? speedCase.flops / median / 1e6 : null,
      ratio: quantile(
        times.map((ms, i) => ms / reference[i]!),
        0.5,
      ),
    };
  }
  return { case: speedCase, timings };
}
