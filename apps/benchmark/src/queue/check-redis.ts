import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { PREFIX } from './connection.js';
import { maskedAddress } from './masked-address.js';
import { isConnectionError, type RedisTrouble, troubleOf, troubleOfInfo } from './redis-trouble.js';

/** Milliseconds in which a Redis must have answered. */
const ANSWER_MS = 5_000;

/** Milliseconds for which the key is kept that tries whether something can be written. */
const TRY_MS = 1_000;

/** Writes a key from a script, as all of the queue's work does. */
const WRITE = "return redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])";

/** Looks whether a Redis takes work: over a connection of its own, it reads and writes. */
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
    // The client goes on in database 0 when there is none of the number.
    const database = databaseOf(url);
    if (database > 0) await connection.select(database);
    const info = troubleOfInfo(await connection.info());
    if (info) return info;
    const key = `${PREFIX}:try:${randomBytes(6).toString('hex')}`;
    await connection.eval(WRITE, 1, key, TRY_MS);
    return null;
  } catch (error) {
    // The reason came first, and the connection was closed for it.
    const reason = reported && isConnectionError(error as Error) ? reported : (error as Error);
    return troubleOf(reason) ?? { kind: 'passing', message: `it says '${reason.message}'` };
  } finally {
    connection.disconnect();
  }
}

/** The number of the database in an address. */
function databaseOf(url: string): number {
  const { pathname, searchParams } = new URL(url);
  return Number(pathname.slice(1) || searchParams.get('db') || 0);
}

/** For how long troubles may last, in milliseconds. */
export interface Patience {
  /** Of a full memory, and whatever else may end by itself. */
  passing: number;
  /** Of what somebody must change. */
  lasting: number;
  /** Of a server that does not answer. */
  away: number;
}

/** Of a command that begins. */
const AT_START: Patience = { passing: 30_000, lasting: 0, away: 0 };

/** Milliseconds before the second look, doubled after each. */
const BACKOFF_MS = 1_000;

function refusal(url: string, { message }: RedisTrouble): Error {
  return new Error(`--queue ${maskedAddress(url)}: no Redis answers there as it must: ${message}`);
}

/**
 * Checks that a Redis answers. It may be full: reading and removing still work then.
 *
 * @throws Error as {@link requireRedis} does, if no server answers or a setting is wrong.
 */
export async function requireAnswer(url: string): Promise<void> {
  const trouble = await checkRedis(url);
  if (trouble && trouble.kind !== 'passing') throw refusal(url, trouble);
}

/**
 * Waits until a Redis takes work. What may end by itself is said once and waited for.
 *
 * @throws Error that says what is wrong and what helps: at once if no server answers or a setting is
 *   wrong, and if the trouble lasts longer than there is patience.
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
