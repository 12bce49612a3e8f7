import { type Command, Option } from 'commander';
import { ADDRESS_FORM, maskedText } from '../queue/masked-address.js';
import { queueUrl } from '../queue/queue-url.js';
import { redisTimeoutOption } from '../queue/redis-timeout.js';
import type { QueueAccess } from '../queue/with-queues.js';
import { columnsOf, fitted } from '../terminal-width.js';

// These load the packages of the queue, which no other command needs.
const checks = () => import('../queue/check-redis.js');
const ends = () => import('../queue/end-experiments.js');

/** Flags of the commands that are about a queue. */
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

/** The access to a queue that the flags ask for. */
async function accessOf({ redisTimeout }: QueueFlags): Promise<QueueAccess> {
  const { watchTimes } = await import('../queue/watch-redis.js');
  const onNote = (message: string) => process.stderr.write(`${maskedText(message)}\n`);
  return { times: watchTimes(redisTimeout), onNote };
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Adds `queue`: what a queue is doing, and the ends of what it does. */
export function addQueueCommand(program: Command): void {
  const queue = program
    .command('queue')
    .description('look at a queue, cancel what it does, remove what is done');
  withQueue(queue.command('status', { isDefault: true }))
    .description('what a queue holds: runs waiting, in progress, done and failed, and its workers')
    .option('--json', 'for programs', false)
    .action(async ({ json, ...flags }: QueueFlags & { json: boolean }) => {
      await (await checks()).requireAnswer(flags.queue);
      const { queueStatus } = await import('../queue/queue-status.js');
      const { text, status } = await queueStatus(flags.queue, await accessOf(flags));
      const shown = json ? JSON.stringify(status) : fitted(text, columnsOf(process.stdout));
      process.stdout.write(`${shown}\n`);
    });
  withQueue(queue.command('cancel'))
    .description('cancel experiments that have not ended; what is done stays')
    .argument('[experiments...]', 'their ids, as `queue` shows them (default: all)')
    .action(async (ids: string[], flags: QueueFlags) => {
      await (await checks()).requireRedis(flags.queue);
      const { cancelQueue } = await ends();
      const access = await accessOf(flags);
      const { experiments, runs, busy } = await cancelQueue(flags.queue, ids, access);
      process.stdout.write(
        `Cancelled ${counted(experiments, 'experiment')}, removed ${counted(runs, 'run')}\n`,
      );
      if (busy > 0) {
        process.stdout.write(
          `${counted(busy, 'job')} not given up yet: a worker is in a long step, or is gone\n`,
        );
      }
    });
  withQueue(queue.command('clean'))
    .description('remove what has ended from the queue: tables, runs and their results')
    .option('--all', 'remove everything, also what waits and what is in progress', false)
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
