import type { PlotOptions } from '@observablehq/plot';

export type PlotLibrary = typeof import('@observablehq/plot');

/** A number that the reader moves. */
export interface Control {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
}

/** A figure that is computed in the page, by the packages. */
export interface Figure<Key extends string = string> {
  /** For those who do not see it. */
  label: string;
  controls: Record<Key, Control>;
  /** The plots, one below the other, and a sentence about what they show now. */
  draw(values: Record<Key, number>, plot: PlotLibrary): { plots: PlotOptions[]; says: string };
}

/** Types the keys of a figure's controls. */
export function figure<Key extends string>(definition: Figure<Key>): Figure<Key> {
  return definition;
}

/** One colour a thing in all figures; legible on white and on near-black. */
export const COLORS = { first: '#d1603d', second: '#1b9e94', third: '#8a7cc8', quiet: '#8d8d8d' };
