/** The lowest and the highest distance of a wave: its own, and that of its mirror image. */
export type Reach = readonly [lowest: number, highest: number];

/** Margin for rounding at both ends of the ramp, in bins. */
export const RAMP_MARGIN = 1e-3;

/** Whether the distances of a list rise, so that those on a ramp are neighbours. */
export function areRising(reaches: readonly Reach[]): boolean {
  return reaches.every(([lowest, highest], at) => {
    const before = reaches[at - 1];
    return !before || (before[0] <= lowest && before[1] <= highest);
  });
}

/**
 * The largest number of neighbours in a list of rising distances that a ramp can contain at once,
 * at any place.
 */
export function mostOnRamp(reaches: readonly Reach[], length: number): number {
  let most = 0;
  let end = 0;
  reaches.forEach(([, highest], first) => {
    const last = highest + length + 2 * RAMP_MARGIN;
    while (end < reaches.length && reaches[end]![0] <= last) end++;
    most = Math.max(most, end - first);
  });
  return most;
}
