import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { checkRedis, type Patience } from './check-redis.js';
import { maskedAddress } from './masked-address.js';
import { REDIS_TIMEOUT_S } from './redis-timeout.js';
import { type RedisTrouble, troubleOf } from './redis-trouble.js';

/** The times of a watch. */
export interface WatchTimes {
  /** Milliseconds between two looks while all is well. */
  every: number;
  patience: Patience;
}

/** Options of {@link watchRedis}. */
export interface WatchOptions extends WatchTimes {
  /** Ends the watch. */
  signal: AbortSignal;
  onNote: (message: string) => void;
}

/** The times of a worker and of a sweep, for so many seconds of `--redis-timeout`. */
export function watchTimes(redisTimeout = REDIS_TIMEOUT_S): WatchTimes {
  return {
    every: 15_000,
    patience: { passing: 600_000, lasting: 30_000, away: 1000 * redisTimeout },
  };
}

/** Milliseconds before the second look at a trouble, doubled after each. */
const BACKOFF_MS = 1_000;

/** A watch over a Redis. */
export interface RedisWatch {
  /**
   * Rejects when a trouble outlasts the patience, with the {@link RedisTrouble} as the cause.
   * Resolves when the signal ends the watch.
   */
  ended: Promise<void>;
  /** Looks soon, because a command failed. Whether the watch says what the error means. */
  tell: (error: Error) => boolean;
}

/**
 * Looks at a Redis now and then. It says each trouble once, in words that say what helps. A trouble
 * that outlasts the patience ends the watch.
 */
export function watchRedis(url: string, options: WatchOptions): RedisWatch {
  const news = new EventEmitter();
  return {
    ended: watch(url, options, news),
    tell: (error) => {
      const trouble = troubleOf(error);
      if (trouble) news.emit('trouble', trouble);
      return trouble !== null;
    },
  };
}

async function watch(
  url: string,
  { every, patience, signal, onNote }: WatchOptions,
  news: EventEmitter,
): Promise<void> {
  const where = maskedAddress(url);
  /** The trouble that there is, and since when there is one of its kind. */
  let trouble: RedisTrouble | null = null;
  let since = 0;
  /** The trouble that a command met last. The check may not meet it: it tries few commands. */
  const met: { trouble: RedisTrouble | null; at: number } = { trouble: null, at: 0 };
  let wake = () => {};
  news.on('trouble', (found: RedisTrouble) => {
    // Whether a server answers is for the check to say.
    if (found.kind !== 'away') Object.assign(met, { trouble: found, at: performance.now() });
    // While there is a trouble, the next look comes when it is due.
    if (trouble === null) wake();
  });
  for (let wait = every; ; ) {
    const woken = new AbortController();
    wake = () => woken.abort();
    const either = AbortSignal.any([woken.signal, signal]);
    await setTimeout(wait, undefined, { signal: either }).catch(() => {});
    if (signal.aborted) return;
    const checked = await checkRedis(url);
    if (signal.aborted) return;
    const now = performance.now();
    const found = checked ?? (now - met.at < 2 * every ? met.trouble : null);
    if (!found) {
      if (trouble) onNote(`queue ${where}: all is well again`);
      trouble = null;
      wait = every;
      continue;
    }
    const { kind, message } = found;
    const limit = patience[kind];
    if (trouble?.kind !== kind) since = now;
    if (trouble?.message !== message) {
      const waits = `It is tried again for ${limit / 1000} s (--redis-timeout)`;
      onNote(`queue ${where}: ${message}${kind === 'away' ? `. ${waits}` : ''}`);
      wait = BACKOFF_MS / 2;
    }
    trouble = found;
    const lasted = (checked ? now : met.at) - since;
    if (kind === 'away' ? lasted >= limit : lasted > limit) {
      const remedy = 'Finished work and checkpoints are kept: the same command goes on from them';
      const flag = kind === 'away' ? ` (--redis-timeout). ${remedy}` : '';
      throw new Error(
        `--queue ${where}: ${message}. This has lasted for ${Math.round(lasted / 1000)} s${flag}`,
        { cause: found },
      );
    }
    wait = Math.min(2 * wait, every);
    if (kind === 'away') wait = Math.min(wait, limit - lasted);
  }
}
