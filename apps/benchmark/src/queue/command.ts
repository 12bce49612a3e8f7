import { type Command, Option } from 'commander';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { ADDRESS_FORM, maskedText } from './masked-address.js';
import { queueUrl } from './queue-url.js';
import { redisTimeoutOption } from './redis-timeout.js';
import type { QueueAccess } from './with-queues.js';

// Loaded on demand: only the queue commands need these packages.
const checks = () => import('./check-redis.js');
const ends = () => import('./end-experiments.js');

/** Flags of the queue commands. */
export interface QueueFlags {
  queue: string;
  redisTimeout: number;
}

/** Adds the flags of {@link QueueFlags}. */
export function withQueue(command: Command): Command {
  return command
    .addOption(
      new Option('--queue <url>', `a Redis, ${ADDRESS_FORM}`)
        .env('DS_QUEUE')
        .argParser(queueUrl)
        .makeOptionMandatory(),
    )
    .addOption(redisTimeoutOption());
}

/** The queue access from the flags. */
async function accessOf({ redisTimeout }: QueueFlags): Promise<QueueAccess> {
  const { watchTimes } = await import('./watch-redis.js');
  const onNote = (message: string) => process.stderr.write(`${maskedText(message)}\n`);
  return { times: watchTimes(redisTimeout), onNote };
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Adds `queue`, which prints the state of a queue, cancels experiments and removes results. */
export function addQueueCommand(program: Command): void {
  const queue = program
    .command('queue')
    .description('inspect a queue, cancel experiments, remove finished ones');
  withQueue(queue.command('status', { isDefault: true }))
    .description('print the workers of a queue, and its waiting, active, finished and failed runs')
    .option('--json', 'print the state as JSON', false)
    .action(async ({ json, ...flags }: QueueFlags & { json: boolean }) => {
      await (await checks()).requireAnswer(flags.queue);
      const { queueStatus } = await import('./queue-status.js');
      const { text, status } = await queueStatus(flags.queue, await accessOf(flags));
      const shown = json ? JSON.stringify(status) : fitted(text, columnsOf(process.stdout));
      process.stdout.write(`${shown}\n`);
    });
  withQueue(queue.command('cancel'))
    .description('cancel unfinished experiments, or single runs of them; finished runs stay')
    .argument(
      '[ids...]',
      'experiments, or runs <experiment>.<run>, from `queue` and `queue --json` ' +
        '(default: all experiments)',
    )
    .action(async (ids: string[], flags: QueueFlags) => {
      await (await checks()).requireRedis(flags.queue);
      const { cancelQueue } = await ends();
      const access = await accessOf(flags);
      const { experiments, runs, single, busy } = await cancelQueue(flags.queue, ids, access);
      if (single < ids.length || ids.length === 0) {
        process.stdout.write(
          `Cancelled ${counted(experiments, 'experiment')}, removed ${counted(runs, 'run')}\n`,
        );
      }
      if (single > 0) {
        process.stdout.write(
          `Cancelled ${counted(single, 'run')}; the rest of the experiment continues\n`,
        );
      }
      if (busy > 0) {
        process.stdout.write(
          `${counted(busy, 'job')} not released yet: a worker is in a long step, or has stopped\n`,
        );
      }
    });
  withQueue(queue.command('clean'))
    .description('remove ended experiments from the queue: tables, runs and results')
    .option('--all', 'remove everything, also waiting and active runs', false)
    .action(async ({ all, ...flags }: QueueFlags & { all: boolean }) => {
      const url = flags.queue;
      await (await checks()).requireAnswer(url);
      const access = await accessOf(flags);
      const { cleanQueue, emptyQueue } = await ends();
      if (all) {
        const { keys } = await emptyQueue(url, access);
        process.stdout.write(`Removed ${counted(keys, 'key')}\n`);
        return;
      }
      const { experiments, runs } = await cleanQueue(url, access);
      process.stdout.write(
        `Removed ${counted(experiments, 'experiment')} and ${counted(runs, 'run')}\n`,
      );
    });
}
