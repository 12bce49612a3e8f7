import { type Redis, Redis as RedisClient } from 'ioredis';

/** The queues of runs and of the tables that wait for them. */
export const RUNS = 'runs';
export const TABLES = 'tables';

/** Before all keys, so that the database can hold other things. */
export const PREFIX = 'ds-benchmark';

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
