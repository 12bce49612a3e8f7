import { signal } from '@preact/signals';
import type { Picture } from '../workers/image-bytes.js';
import { hasOwnPicture } from './own-picture.js';

/** The built-in pictures. */
export const PICTURES = [
  ['floor', 'Tiles and balls'],
  ['cloth', 'Cloth'],
  ['rings', 'Rings'],
] as const;

/** The ranges of the sliders. */
export const RANGES = {
  sh: { min: 1, max: 8, step: 0.05 },
  sw: { min: 1, max: 8, step: 0.05 },
  r: { min: 0, max: 32, step: 0.5 },
} as const;

/** The state of the first panel, stored in the page's link. */
export const poolState = {
  sh: signal(2.6),
  sw: signal(2.6),
  r: signal(4),
  picture: signal<string>('floor'),
  seed: signal(1),
};

/** The picture that is pooled. The panel on strides between whole numbers shows it too. */
export const poolPicture = signal<Picture | null>(null);

export function isAllowedInPool(key: string, value: number | string): boolean {
  if (key === 'picture') {
    // A link to a reader's own picture works in that reader's tab only.
    return value === 'own' ? hasOwnPicture() : PICTURES.some(([name]) => name === value);
  }
  if (key === 'seed') return Number.isInteger(value);
  const range = RANGES[key as keyof typeof RANGES];
  return range !== undefined && Number(value) >= range.min && Number(value) <= range.max;
}
