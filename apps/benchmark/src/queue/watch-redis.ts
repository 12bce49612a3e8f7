import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { checkRedis, type Patience } from './check-redis.js';
import { maskedAddress } from './masked-address.js';
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

/** How a worker and a sweep watch the Redis they work with. */
export const WATCH: WatchTimes = {
  every: 15_000,
  patience: { passing: 600_000, lasting: 30_000 },
};

/** Milliseconds before the second look at a trouble, doubled after each. */
const BACKOFF_MS = 1_000;

/** A watch over a Redis. */
export interface RedisWatch {
  /** Rejects when a trouble outlasts the patience. Resolves when the signal ends the watch. */
  ended: Promise<void>;
  /** Looks soon, because a command failed. Whether the watch says what the error means. */
  tell: (error: Error) => boolean;
}

/**
 * Looks at a Redis now and then. Each trouble is said once, in words that say what helps. A server
 * that is away is waited for without end, since it may be restarted and runs go on meanwhile.
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
  /** The trouble that has been said. */
  let said: string | null = null;
  let since = 0;
  /** The trouble that a command met last. The check may not meet it: it tries few commands. */
  const met: { trouble: RedisTrouble | null; at: number } = { trouble: null, at: 0 };
  let wake = () => {};
  news.on('trouble', (found: RedisTrouble) => {
    // Whether somebody answers is for the check to say.
    if (found.kind !== 'away') Object.assign(met, { trouble: found, at: performance.now() });
    // While there is a trouble, the next look comes when it is due.
    if (said === null) wake();
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
      if (said !== null) onNote(`queue ${where}: all is well again`);
      said = null;
      wait = every;
      continue;
    }
    if (said !== found.message) {
      onNote(`queue ${where}: ${found.message}`);
      said = found.message;
      since = now;
      wait = BACKOFF_MS / 2;
    }
    const lasted = (checked ? now : met.at) - since;
    if (found.kind !== 'away' && lasted > patience[found.kind]) {
      throw new Error(
        `--queue ${where}: ${found.message}. This has lasted for ${Math.round(lasted / 1000)} s`,
      );
    }
    wait = Math.min(2 * wait, every);
  }
}
