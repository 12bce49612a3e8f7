import { Option } from 'commander';
import { positive } from '../flags.js';

/** Seconds for which a Redis may be away, unless `--redis-timeout` says another number. */
export const REDIS_TIMEOUT_S = 60;

/** The `--redis-timeout` flag of the commands that work with a queue. */
export function redisTimeoutOption(): Option {
  return new Option(
    '--redis-timeout <seconds>',
    'for which a Redis that went away is tried again, before this ends with an error',
  )
    .argParser(positive)
    .default(REDIS_TIMEOUT_S);
}
