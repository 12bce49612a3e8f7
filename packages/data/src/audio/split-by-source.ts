import { createHash } from 'node:crypto';
import { ConfigError } from '@ds/checks';
import { inOneForm } from '../unicode-forms.js';

/**
 * Assigns a source to a side by a hash of its name (Speech Commands, Warden 2018). The side is the
 * same on every machine, and stays the same when clips are added.
 */
export function sideOfSource(source: string, testShare: number): 'train' | 'test' {
  const hash = createHash('sha256').update(inOneForm(source)).digest().readUInt32BE(0);
  return hash / 2 ** 32 < testShare ? 'test' : 'train';
}

/** @throws ConfigError if a share is not in (0, 1). */
export function requireShare(op: string, testShare: number): void {
  if (!(testShare > 0 && testShare < 1)) {
    throw new ConfigError(`${op}: testShare must be in (0, 1), got ${testShare}`);
  }
}
