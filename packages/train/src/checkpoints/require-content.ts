import { refuse } from '@ds/checks';

/** @throws ConfigError if it is neither a text nor bytes. */
export function requireContent(fn: string, content: unknown): void {
  if (typeof content === 'string' || content instanceof Uint8Array) return;
  refuse(fn, 'content', 'be a text or a Uint8Array', content);
}
