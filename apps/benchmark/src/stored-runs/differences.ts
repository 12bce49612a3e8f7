import { isDeepStrictEqual } from 'node:util';
import type { RunConfig } from '../run-config.js';

/** A field of the configuration in which runs differ. */
export interface Difference {
  field: keyof RunConfig;
  /** The different values, in order of first appearance; `undefined` where a run omits the field. */
  values: unknown[];
}

/** The fields in which some configurations differ, in the order of a configuration. */
export function differencesOf(configs: RunConfig[]): Difference[] {
  const fields = new Set(configs.flatMap((config) => Object.keys(config) as (keyof RunConfig)[]));
  return [...fields].flatMap((field) => {
    const values: unknown[] = [];
    for (const config of configs) {
      const isNew = !values.some((value) => isDeepStrictEqual(value, config[field]));
      if (isNew) values.push(config[field]);
    }
    return values.length > 1 ? [{ field, values }] : [];
  });
}

/** `pooling: conv, blur; lambda: 0, 0.1` */
export function differencesText(differences: Difference[]): string {
  return differences
    .map(({ field, values }) => `${field}: ${values.map(shown).join(', ')}`)
    .join('; ');
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
