import { type Job, type JobJson, UnrecoverableError, Worker, type WorkerOptions } from 'bullmq';
import { z } from 'zod';
import { GarbledFields } from './garbled-fields.js';

/** The longest wait between two attempts of a job, in milliseconds. */
const LONGEST_BACKOFF_MS = 3_600_000;

const delay = z.number().min(0).max(LONGEST_BACKOFF_MS);

/** The retry options a job may have. */
function triesSchema(attempts: number) {
  return z.object({
    attempts: z.int().min(0).max(attempts).optional(),
    backoff: z
      .union([delay, z.object({ type: z.enum(['fixed', 'exponential']), delay: delay.optional() })])
      .optional(),
  });
}

/** Limits on a job, checked before its content. */
export interface JobBounds {
  /** The largest number of attempts. */
  attempts: number;
  /** The largest length of the data in characters. */
  length: number;
  /** The flag that sets `attempts`, for errors. */
  attemptsFlag: string;
  /** The flag that sets `length`, for errors. */
  lengthFlag: string;
}

/**
 * A worker that checks a job's size and options before it parses the job. A refused job fails once,
 * with the reason. Jobs cannot schedule other jobs.
 */
export class GuardedWorker<Data, Result> extends Worker<Data, Result> {
  readonly #bounds: JobBounds;
  readonly #garbled: GarbledFields;
  readonly #refused = new WeakMap<object, string>();

  constructor(
    name: string,
    process: (job: Job<Data, Result>, token: string) => Promise<Result>,
    bounds: JobBounds,
    options: WorkerOptions,
  ) {
    const garbled = new GarbledFields();
    super(
      name,
      async (job, token) => {
        const reason = this.#refused.get(job);
        if (reason !== undefined) throw new UnrecoverableError(reason);
        return process(job, token!);
      },
      { ...options, autorun: false },
      garbled.backend,
    );
    this.#garbled = garbled;
    this.#bounds = bounds;
  }

  /** BullMQ calls this with the fields in Redis. */
  protected override createJob(json: JobJson, id: string) {
    const reason = this.#garbled.reasonOf(id) ?? this.#reasonAgainst(json);
    const { attempts = 0, backoff } = json.opts;
    // Other options could keep a job from failing: `removeOnFail: null` breaks a BullMQ script.
    const safe = { ...json, repeatJobKey: undefined, opts: { attempts, backoff } };
    if (reason === null) return super.createJob(safe, id);
    const opts = { attempts: 1 };
    const job = super.createJob({ ...safe, data: 'null', opts }, id);
    this.#refused.set(job, reason);
    return job;
  }

  #reasonAgainst({ data, opts }: JobJson): string | null {
    const { attempts, attemptsFlag, length, lengthFlag } = this.#bounds;
    // BullMQ sets an empty object if the data is missing.
    if (!data || data === '{}') return 'job: its data is lost, because the Redis drops keys';
    if (data.length > length) {
      return (
        `job: its data must have at most ${length} characters on this worker ` +
        `(its ${lengthFlag}), got ${data.length}`
      );
    }
    const tries = triesSchema(attempts).safeParse(opts);
    if (!tries.success) {
      return (
        `job: its options must ask for at most ${attempts} attempts ` +
        `(this worker's ${attemptsFlag}) with waits of at most an hour: ` +
        z.prettifyError(tries.error)
      );
    }
    try {
      JSON.parse(data);
      return null;
    } catch {
      return 'job: its data must be JSON';
    }
  }
}
