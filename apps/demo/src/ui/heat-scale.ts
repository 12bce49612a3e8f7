/** The colour scale of maps, from dark to bright. */
const SCALE = [
  [18, 24, 32],
  [27, 90, 100],
  [90, 160, 120],
  [235, 200, 90],
  [250, 245, 220],
];

/** The colour of a value in 0 … 1, as red, green and blue. Other values are clipped. */
export function heatColor(value: number): number[] {
  const at = Math.max(0, Math.min(1, value)) * (SCALE.length - 1);
  const [low, high] = [SCALE[Math.floor(at)]!, SCALE[Math.ceil(at)]!];
  return low.map((v, c) => v + (high[c]! - v) * (at % 1));
}
