import { Option } from 'commander';
import { positive } from '../command-line/flags.js';

/** Default of `--redis-timeout`, in seconds. */
export const REDIS_TIMEOUT_S = 60;

/** The `--redis-timeout` flag, shared by the queue commands. */
export function redisTimeoutOption(): Option {
  return new Option(
    '--redis-timeout <seconds>',
    'time to retry an unreachable Redis, before the command fails',
  )
    .argParser(positive)
    .default(REDIS_TIMEOUT_S);
}
