import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connect, PREFIX, RUNS, TABLES } from './connection.js';
import { maskedAddress } from './masked-address.js';
import { rareNotes } from './rare-notes.js';
import { troubleOf } from './redis-trouble.js';
import { type WatchTimes, watchRedis, watchTimes } from './watch-redis.js';

/** A connection and its two queues. */
export interface Queues {
  runs: Queue;
  tables: Queue;
  redis: Redis;
}

/** Options of the Redis watch while a command uses the queues. */
export interface QueueAccess {
  times: WatchTimes;
  onNote: (message: string) => void;
}

const QUIET: QueueAccess = { times: watchTimes(), onNote: () => {} };

/**
 * Calls a function with the queues of a Redis on a separate connection.
 *
 * @throws Error that names the address and the remedy, if the Redis refuses a command or trouble
 *   lasts too long.
 */
export async function withQueues<Result>(
  url: string,
  body: (queues: Queues) => Promise<Result>,
  { times, onNote }: QueueAccess = QUIET,
): Promise<Result> {
  const done = new AbortController();
  const watch = watchRedis(url, { ...times, signal: done.signal, onNote: rareNotes(onNote) });
  const redis = connect(url, watch.tell);
  const options = { connection: redis, prefix: PREFIX };
  const queues = { runs: new Queue(RUNS, options), tables: new Queue(TABLES, options), redis };
  for (const queue of [queues.runs, queues.tables]) queue.on('error', () => {});
  const refused = watch.ended.then(() => new Promise<never>(() => {}));
  try {
    const result = await Promise.race([body(queues), refused]);
    await Promise.all([queues.runs.close(), queues.tables.close()]);
    return result;
  } catch (error) {
    const trouble = troubleOf(error as Error);
    throw trouble ? new Error(`--queue ${maskedAddress(url)}: ${trouble.message}`) : error;
  } finally {
    done.abort();
    redis.disconnect();
  }
}
