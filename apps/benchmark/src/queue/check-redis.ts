import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { PREFIX } from './connection.js';
import { maskedAddress } from './masked-address.js';
import { isConnectionError, type RedisTrouble, troubleOf, troubleOfInfo } from './redis-trouble.js';

/** Milliseconds to wait for an answer of Redis. */
const ANSWER_MS = 5_000;

/** Lifetime in milliseconds of the key that tests whether writing works. */
const TRY_MS = 1_000;

/** Writes a key from a script, as the queue does. */
const WRITE = "return redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])";

/** Tests a Redis with a read and a write on a separate connection. */
export async function checkRedis(url: string): Promise<RedisTrouble | null> {
  const connection = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    enableReadyCheck: false,
  });
  let reported: Error | null = null;
  connection.on('error', (error) => {
    reported ??= error;
  });
  try {
    await connection.connect();
    // If the database number does not exist, the client continues in database 0.
    const database = databaseOf(url);
    if (database > 0) await connection.select(database);
    const info = troubleOfInfo(await connection.info());
    if (info) return info;
    const key = `${PREFIX}:try:${randomBytes(6).toString('hex')}`;
    await connection.eval(WRITE, 1, key, TRY_MS);
    return null;
  } catch (error) {
    // The error event comes before the failed call, and names the reason.
    const reason = reported && isConnectionError(error as Error) ? reported : (error as Error);
    return troubleOf(reason) ?? { kind: 'passing', message: `it answers '${reason.message}'` };
  } finally {
    connection.disconnect();
  }
}

/** The database number in an address. */
function databaseOf(url: string): number {
  const { pathname, searchParams } = new URL(url);
  return Number(pathname.slice(1) || searchParams.get('db') || 0);
}

/** Milliseconds to tolerate each kind of trouble. */
export interface Patience {
  /** For trouble that can end without action, such as full memory. */
  passing: number;
  /** For trouble that ends only when a setting changes. */
  lasting: number;
  /** For a server that does not answer. */
  away: number;
}

/** Patience of a command at its start. */
const AT_START: Patience = { passing: 30_000, lasting: 0, away: 0 };

/** Milliseconds before the second check. The wait doubles after each check. */
const BACKOFF_MS = 1_000;

function refusal(url: string, { message }: RedisTrouble): Error {
  return new Error(
    `--queue ${maskedAddress(url)}: no Redis answers there, or it is unusable: ${message}`,
  );
}

/**
 * Checks that a Redis answers. Its memory may be full: reading and removing still work then.
 *
 * @throws Error as {@link requireRedis}, if no server answers or a setting is wrong.
 */
export async function requireAnswer(url: string): Promise<void> {
  const trouble = await checkRedis(url);
  if (trouble && trouble.kind !== 'passing') throw refusal(url, trouble);
}

/**
 * Waits until a Redis accepts work. Trouble that can end without action is reported once and waited
 * for.
 *
 * @throws Error that names the trouble and the remedy: at once if no server answers or a setting is
 *   wrong, else when the trouble outlasts `patience`.
 */
export async function requireRedis(
  url: string,
  onNote: (message: string) => void = () => {},
  patience: Patience = AT_START,
): Promise<void> {
  const where = maskedAddress(url);
  const begun = performance.now();
  let said = '';
  for (let wait = BACKOFF_MS; ; wait *= 2) {
    const trouble = await checkRedis(url);
    if (!trouble) return;
    const { kind, message } = trouble;
    const left = patience[kind] - (performance.now() - begun);
    if (left <= 0) throw refusal(url, trouble);
    if (message !== said) onNote(`queue ${where}: ${message}`);
    said = message;
    await setTimeout(Math.min(wait, left));
  }
}
