import { type Redis, Redis as RedisClient } from 'ioredis';

/** Queue names: runs, and the tables that wait for their runs. */
export const RUNS = 'runs';
export const TABLES = 'tables';

/** Prefix of all keys, so that the database can be shared. */
export const PREFIX = 'ds-benchmark';

/** The longest wait between two attempts to reconnect. */
const RECONNECT_MS = 2_000;

/**
 * Opens a connection that reconnects by itself, and then sends the commands queued meanwhile. It
 * calls `onError` once for each loss of the connection.
 */
export function connect(url: string, onError: (error: Error) => void): Redis {
  const connection = new RedisClient(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, RECONNECT_MS),
  });
  let isAway = false;
  connection.on('error', (error) => {
    // Reports once for each loss, not at every attempt.
    if (!isAway) onError(error);
    isAway = true;
  });
  connection.on('ready', () => {
    isAway = false;
  });
  return connection;
}
