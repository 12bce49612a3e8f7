import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { checkRedis, type Patience } from './check-redis.js';
import { maskedAddress } from './masked-address.js';
import { REDIS_TIMEOUT_S } from './redis-timeout.js';
import { type RedisTrouble, troubleOf } from './redis-trouble.js';

/** Intervals and patience of a watch. */
export interface WatchTimes {
  /** Milliseconds between two checks without trouble. */
  every: number;
  patience: Patience;
}

/** Options of {@link watchRedis}. */
export interface WatchOptions extends WatchTimes {
  /** Ends the watch. */
  signal: AbortSignal;
  onNote: (message: string) => void;
}

/** Intervals and patience of workers and sweeps for a `--redis-timeout` in seconds. */
export function watchTimes(redisTimeout = REDIS_TIMEOUT_S): WatchTimes {
  return {
    every: 15_000,
    patience: { passing: 600_000, lasting: 30_000, away: 1000 * redisTimeout },
  };
}

/** Milliseconds before the second check of a trouble. The wait doubles after each check. */
const BACKOFF_MS = 1_000;

/** A running watch of a Redis. */
export interface RedisWatch {
  /**
   * Rejects when a trouble outlasts the patience, with the {@link RedisTrouble} as the cause.
   * Resolves when the signal ends the watch.
   */
  ended: Promise<void>;
  /** Starts a check soon after a failed command. Returns whether the watch reports the error. */
  tell: (error: Error) => boolean;
}

/**
 * Checks a Redis periodically. It reports each trouble once, with the remedy. A trouble that
 * outlasts the patience ends the watch.
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
  /** The current trouble, and the start of the first trouble of its kind in a row. */
  let trouble: RedisTrouble | null = null;
  let since = 0;
  /** The last trouble of a command. The check tries few commands, so it may miss that trouble. */
  const met: { trouble: RedisTrouble | null; at: number } = { trouble: null, at: 0 };
  let wake = () => {};
  news.on('trouble', (found: RedisTrouble) => {
    // Only the check decides whether the server is reachable.
    if (found.kind !== 'away') Object.assign(met, { trouble: found, at: performance.now() });
    // During a trouble the next check runs on schedule.
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
      if (trouble) onNote(`queue ${where}: it works again`);
      trouble = null;
      wait = every;
      continue;
    }
    const { kind, message } = found;
    const limit = patience[kind];
    if (trouble?.kind !== kind) since = now;
    if (trouble?.message !== message) {
      const waits = `Retrying for ${limit / 1000} s (--redis-timeout)`;
      onNote(`queue ${where}: ${message}${kind === 'away' ? `. ${waits}` : ''}`);
      wait = BACKOFF_MS / 2;
    }
    trouble = found;
    const lasted = (checked ? now : met.at) - since;
    if (kind === 'away' ? lasted >= limit : lasted > limit) {
      const remedy = 'Finished work and checkpoints are kept. Run the same command to resume';
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
