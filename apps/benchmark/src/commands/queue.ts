import { type Command, Option } from 'commander';
import { ADDRESS_FORM } from '../queue/masked-address.js';
import { queueUrl } from '../queue/queue-url.js';
import { columnsOf, fitted } from '../terminal-width.js';

// These load the packages of the queue, which no other command needs.
const checks = () => import('../queue/check-redis.js');
const ends = () => import('../queue/end-experiments.js');

/** The `--queue` flag of the commands that are about a queue. */
export function withQueue(command: Command): Command {
  return command.addOption(
    new Option('--queue <url>', `a Redis, ${ADDRESS_FORM}`)
      .env('DS_QUEUE')
      .argParser(queueUrl)
      .makeOptionMandatory(),
  );
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
    .action(async ({ queue: url, json }: { queue: string; json: boolean }) => {
      await (await checks()).requireAnswer(url);
      const { queueStatus } = await import('../queue/queue-status.js');
      const { text, status } = await queueStatus(url);
      const shown = json ? JSON.stringify(status) : fitted(text, columnsOf(process.stdout));
      process.stdout.write(`${shown}\n`);
    });
  withQueue(queue.command('cancel'))
    .description('cancel experiments that have not ended; what is done stays')
    .argument('[experiments...]', 'their ids, as `queue` shows them (default: all)')
    .action(async (ids: string[], { queue: url }: { queue: string }) => {
      await (await checks()).requireRedis(url);
      const { experiments, runs, busy } = await (await ends()).cancelQueue(url, ids);
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
    .action(async ({ queue: url, all }: { queue: string; all: boolean }) => {
      await (await checks()).requireAnswer(url);
      const { cleanQueue, emptyQueue } = await ends();
      if (all) {
        const { keys } = await emptyQueue(url);
        process.stdout.write(`Removed ${counted(keys, 'key')}\n`);
        return;
      }
      const { experiments, runs } = await cleanQueue(url);
      process.stdout.write(
        `Removed ${counted(experiments, 'experiment')} and ${counted(runs, 'run')}\n`,
      );
    });
}
