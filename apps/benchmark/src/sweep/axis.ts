import type { RunConfig } from '../config/run-config.js';

/** A field of a configuration, or the path to a part of it, such as `schedule.peak`. */
export type Axis = keyof RunConfig | `${keyof RunConfig}.${string}`;

/** The value at an axis; `undefined` where a configuration leaves it out. */
export function valueAt(config: RunConfig, axis: Axis): unknown {
  return axis
    .split('.')
    .reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | undefined)?.[name],
      config,
    );
}

/** The field to which an axis belongs: `schedule` of `schedule.peak`. */
export function fieldOf(axis: Axis): keyof RunConfig {
  return axis.split('.')[0] as keyof RunConfig;
}
