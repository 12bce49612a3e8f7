import { type Redis, Redis as RedisClient } from 'ioredis';
import { maskedAddress } from './masked-address.js';

/** The queues of runs and of the tables that wait for them. */
export const RUNS = 'runs';
export const TABLES = 'tables';

/** Before all keys, so that the database can hold other things. */
export const PREFIX = 'ds-benchmark';

/** Longest wait between two tries to reach a Redis that is gone. */
const RECONNECT_MS = 2_000;

/** A connection that comes back by itself after the server was away, with what was asked meanwhile. */
export function connect(url: string, onError: (message: string) => void): Redis {
  const connection = new RedisClient(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, RECONNECT_MS),
  });
  let isAway = false;
  connection.on('error', (error) => {
    // Said once for each time it is away, not at every try.
    if (!isAway) onError(`queue ${maskedAddress(url)}: ${error.message}`);
    isAway = true;
  });
  connection.on('ready', () => {
    isAway = false;
  });
  return connection;
}

/** Whether an error is that of a server that is away, which the connection has reported. */
export function isConnectionError(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code ?? '') ||
    /onnection is closed/.test(error.message)
  );
}

/** @throws Error if no Redis answers there within a few seconds. */
export async function requireRedis(url: string): Promise<void> {
  const connection = new RedisClient(url, { lazyConnect: true, retryStrategy: () => null });
  let reason = '';
  connection.on('error', (error) => {
    reason = error.message;
  });
  try {
    await connection.connect();
    await connection.ping();
  } catch (error) {
    throw new Error(
      `--queue ${maskedAddress(url)}: no Redis answers there (${reason || (error as Error).message})`,
    );
  } finally {
    connection.disconnect();
  }
}
