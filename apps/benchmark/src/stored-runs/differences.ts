import { isDeepStrictEqual } from 'node:util';
import type { RunConfig } from '../config/run-config.js';
import type { Axis } from '../sweep/axis.js';

/** A part of the configuration in which runs differ. */
export interface Difference {
  axis: Axis;
  /** The different values, in order of first appearance; `undefined` where a run omits the part. */
  values: unknown[];
}

/**
 * The parts in which some configurations differ, in the order of a configuration. Objects are
 * compared part by part: `schedule.peak`.
 */
export function differencesOf(configs: RunConfig[]): Difference[] {
  return partsOf(configs).flatMap((field) =>
    differencesAt(
      field as Axis,
      configs.map((config) => config[field as keyof RunConfig]),
    ),
  );
}

function differencesAt(axis: Axis, values: unknown[]): Difference[] {
  const different = values.filter(
    (value, at) => values.findIndex((other) => isDeepStrictEqual(value, other)) === at,
  );
  if (different.length < 2) return [];
  if (!different.every((value) => value === undefined || isParts(value))) {
    return [{ axis, values: different }];
  }
  const parts = values as (Record<string, unknown> | undefined)[];
  return partsOf(parts).flatMap((name) =>
    differencesAt(
      `${axis}.${name}` as Axis,
      parts.map((value) => value?.[name]),
    ),
  );
}

/** The names of the parts that some of the objects have. */
function partsOf(objects: (object | undefined)[]): string[] {
  return [...new Set(objects.flatMap((one) => Object.keys(one ?? {})))];
}

function isParts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `pooling: conv, blur; lambda: 0, 0.1` */
export function differencesText(differences: Difference[]): string {
  return differences
    .map(({ axis, values }) => `${axis}: ${values.map(shown).join(', ')}`)
    .join('; ');
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
