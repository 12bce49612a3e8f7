import { type Command, Option } from 'commander';
import { collectDataFolder, type DataFolders } from '../data-folders.js';
import { count, filePath, number } from '../flags.js';
import { interruption } from '../interruption.js';
import { shareOutput } from '../output-folder.js';
import { ADDRESS_FORM, maskedAddress, maskedText } from '../queue/masked-address.js';
import { queueUrl } from '../queue/queue-url.js';
import { runId } from '../run-config.js';
import { columnsOf, fitted } from '../terminal-width.js';

interface WorkerFlags {
  queue: string;
  jobs?: number;
  data: DataFolders;
  output: string;
  checkpointEvery: number;
  stalledAfter: number;
}

/** Adds `worker`: takes runs from a queue until it is told to stop. */
export function addWorkerCommand(program: Command): void {
  withQueue(program.command('worker'))
    .description('execute the runs of a queue until Ctrl-C, which hands back what is in progress')
    .option('--jobs <count>', 'runs at a time (default: one a core)', count)
    .option(
      '--data <folder>',
      'of the dataset, or <dataset>=<folder> once for each',
      collectDataFolder,
      {},
    )
    .option(
      '--output <folder>',
      'for the folders of the runs; where workers share it, they go on from each other’s checkpoints',
      filePath,
      'runs/worker',
    )
    .option('--checkpoint-every <steps>', 'steps between checkpoints', count, 100)
    .option(
      '--stalled-after <seconds>',
      'without a sign of life before a run is another worker’s',
      number,
      30,
    )
    .action(async (flags: WorkerFlags) => {
      await shareOutput(flags.output);
      const { requireRedis } = await import('../queue/connection.js');
      const { jobsFor } = await import('../queue/embedded-queue.js');
      const { workForQueue } = await import('../queue/redis-worker.js');
      await requireRedis(flags.queue);
      const { signal } = interruption(() =>
        process.stdout.write('Stopping after the steps in progress; again to leave at once.\n'),
      );
      const jobs = flags.jobs ?? jobsFor([]);
      process.stdout.write(
        `Working for ${maskedAddress(flags.queue)}, ${jobs} ${jobs === 1 ? 'run' : 'runs'} at a time\n`,
      );
      const last = new Map<string, number>();
      await workForQueue({
        ...flags,
        url: flags.queue,
        jobs,
        outputFolder: flags.output,
        signal,
        onNote: (message) => process.stdout.write(`${maskedText(message)}\n`),
        onProgress: (config, { step, totalSteps, imagesPerSecond }) => {
          const id = runId(config);
          const now = performance.now();
          if (now - (last.get(id) ?? Number.NEGATIVE_INFINITY) < LINE_INTERVAL_MS) return;
          last.set(id, now);
          process.stdout.write(
            `${id}: step ${step + 1}/${totalSteps}, ${Math.round(imagesPerSecond)} images/s\n`,
          );
        },
      });
      // Connections that try to come back would keep the process.
      process.exit(0);
    });
}

/** Adds `queue`: what a queue is doing. */
export function addQueueCommand(program: Command): void {
  withQueue(program.command('queue'))
    .description('what a queue holds: runs waiting, in progress, done and failed, and its workers')
    .option('--json', 'for programs', false)
    .action(async ({ queue, json }: { queue: string; json: boolean }) => {
      const { requireRedis } = await import('../queue/connection.js');
      const { queueStatus } = await import('../queue/queue-status.js');
      await requireRedis(queue);
      const { text, status } = await queueStatus(queue);
      const shown = json ? JSON.stringify(status) : fitted(text, columnsOf(process.stdout));
      process.stdout.write(`${shown}\n`);
    });
}

/** Milliseconds between two lines of one run. */
const LINE_INTERVAL_MS = 15_000;

function withQueue(command: Command): Command {
  return command.addOption(
    new Option('--queue <url>', `a Redis, ${ADDRESS_FORM}`)
      .env('DS_QUEUE')
      .argParser(queueUrl)
      .makeOptionMandatory(),
  );
}
