import { type Command, Option } from 'commander';
import { CHECKPOINT_STEPS } from '../command-line/checkpoint-steps.js';
import { dataOption } from '../command-line/data-option.js';
import { count, filePath, nonNegative, positive } from '../command-line/flags.js';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import { withImports } from '../poolings/import-poolings.js';
import { interruption } from '../process/interruption.js';
import type { RunProgress } from '../run/run-result.js';
import { shareOutput } from '../run-folder/output-folder.js';
import { type QueueFlags, withQueue } from './command.js';
import { maskedAddress, maskedText } from './masked-address.js';
import { LIMITS, type WorkerLimits } from './worker-limits.js';

interface WorkerFlags extends QueueFlags {
  jobs?: number;
  data: DataFolders;
  output: string;
  checkpointEvery: number;
  stalledAfter: number;
  grace: number;
}

const LIMIT_NAMES = Object.keys(LIMITS) as (keyof WorkerLimits)[];

/** Adds `worker`, which executes runs of a queue until it is stopped. */
export function addWorkerCommand(program: Command): void {
  const command = withImports(withQueue(program.command('worker')))
    .description(
      'execute the runs of a queue until Ctrl-C, which returns unfinished runs to the queue',
    )
    .option('--jobs <count>', 'concurrent runs (default: one per core)', count)
    .addOption(dataOption())
    .option(
      '--output <folder>',
      'folder for run folders; workers that share it resume from each other’s checkpoints',
      filePath,
      'runs/worker',
    )
    .option('--checkpoint-every <steps>', 'steps between checkpoints', count, CHECKPOINT_STEPS)
    .option(
      '--stalled-after <seconds>',
      'time without a heartbeat after which another worker takes over a run',
      positive,
      30,
    )
    .option(
      '--grace <seconds>',
      'time after Ctrl-C or SIGTERM until runs are ended within a step and returned',
      nonNegative,
      5,
    );
  for (const name of LIMIT_NAMES) {
    const { flag, help, value, unit } = LIMITS[name];
    const option = new Option(`${flag} <${unit ?? 'count'}>`, help);
    command.addOption(option.argParser(unit ? positive : count).default(value));
  }
  command.action((flags: WorkerFlags) => work(flags, limitsOf(command)));
}

/** Executes runs of the queue until it is stopped, and then ends the process. */
async function work(flags: WorkerFlags, limits: WorkerLimits): Promise<void> {
  const { requireRedis } = await import('./check-redis.js');
  const { jobsFor } = await import('./embedded-queue.js');
  const { workForQueue } = await import('./redis-worker.js');
  const { watchTimes } = await import('./watch-redis.js');
  const onNote = (message: string) => process.stdout.write(`${maskedText(message)}\n`);
  const release = await shareOutput(flags.output);
  await requireRedis(flags.queue, onNote);
  const { signal } = interruption(() =>
    process.stdout.write(
      'Stopping after the steps in progress. Repeat the signal to exit at once.\n',
    ),
  );
  const jobs = flags.jobs ?? jobsFor([]);
  process.stdout.write(
    `Working for ${maskedAddress(flags.queue)}, ${jobs} ${jobs === 1 ? 'run' : 'runs'} at a time\n`,
  );
  const { isBusy, error } = await workForQueue({
    ...flags,
    url: flags.queue,
    jobs,
    outputFolder: flags.output,
    limits,
    watch: watchTimes(flags.redisTimeout),
    signal,
    onNote,
    onProgress: await progressPrinter(),
  });
  await release();
  if (error) process.stderr.write(`${error.message}\n`);
  // `process.exit` would wait for a thread within a step.
  if (isBusy) process.kill(process.pid, 'SIGKILL');
  // Reconnecting clients would keep the process alive.
  process.exit(error ? 1 : 0);
}

/** Milliseconds between progress lines of one run. */
const LINE_INTERVAL_MS = 15_000;

/** Returns a function that prints the progress of runs, with few lines for each of them. */
async function progressPrinter(): Promise<(config: RunConfig, progress: RunProgress) => void> {
  const { runId } = await import('../config/run-config.js');
  const { progressLine } = await import('./progress-line.js');
  const last = new Map<string, number>();
  return (config, progress) => {
    const id = runId(config);
    const now = performance.now();
    if (now - (last.get(id) ?? Number.NEGATIVE_INFINITY) < LINE_INTERVAL_MS) return;
    last.set(id, now);
    process.stdout.write(`${progressLine(config, progress)}\n`);
  };
}

/** The limits from the flags. */
function limitsOf(command: Command): WorkerLimits {
  const values = LIMIT_NAMES.map((name) => {
    const option = command.options.find(({ long }) => long === LIMITS[name].flag)!;
    return [name, command.getOptionValue(option.attributeName())];
  });
  return Object.fromEntries(values);
}
