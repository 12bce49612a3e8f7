import { InvalidArgumentError } from 'commander';
import { type Redis, Redis as RedisClient } from 'ioredis';

/** The queues of runs and of the tables that wait for them. */
export const RUNS = 'runs';
export const TABLES = 'tables';

/** Before all keys, so that the database can hold other things. */
export const PREFIX = 'ds-benchmark';

/** A `--queue` flag's value, once it is known to be an address of a Redis. */
export function queueUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    throw new InvalidArgumentError(
      `must be redis://[user:password@]host[:port][/database], or rediss:// for TLS, got '${withoutPassword(text)}'`,
    );
  }
  // The client would take another database without a word, or fail in its depths.
  const database = url.pathname.slice(1) || (url.searchParams.get('db') ?? '0');
  if (!/^\d{1,5}$/.test(database)) {
    throw new InvalidArgumentError(
      `must have the number of a database after its host, or nothing, got '${withoutPassword(text)}'`,
    );
  }
  return text;
}

/** An address as it may be shown. */
export function withoutPassword(text: string): string {
  return text.replace(/:[^:@/]*@/, ':…@');
}

/** Longest wait between two tries to reach a Redis that is gone. */
const RECONNECT_MS = 2_000;

/**
 * A connection that comes back by itself after the server was away, with what was asked meanwhile.
 * `onError` is told of each loss once.
 */
export function connect(url: string, onError: (error: Error) => void): Redis {
  const connection = new RedisClient(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, RECONNECT_MS),
  });
  let isAway = false;
  connection.on('error', (error) => {
    // Said once for each time it is away, not at every try.
    if (!isAway) onError(error);
    isAway = true;
  });
  connection.on('ready', () => {
    isAway = false;
  });
  return connection;
}
