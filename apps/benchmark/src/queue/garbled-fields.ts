import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq';
import { z } from 'zod';
import { PREFIX, TABLES } from './connection.js';
import { printable } from './plain-text.js';

/** BullMQ scripts that return a worker's next job as the fields of the job's hash. */
const TAKING = ['moveToActive', 'moveToFinished', 'moveToDelayed'];

/** Characters of a garbled field to show in an error. */
const SHOWN = 40;

/** Matches the key of a table's job. */
const TABLE_KEY = new RegExp(`^(${PREFIX}:${TABLES}):([^:]+)$`);

const flag = z.boolean().optional();

const isObject = z.record(z.string(), z.unknown());

const isParent = z.strictObject({
  id: z.string(),
  queueKey: z.string(),
  fpof: flag,
  rdof: flag,
  idof: flag,
  cpof: flag,
});

/** The rule for each field. Other values make BullMQ and its Redis scripts fail. */
const RULES: [field: string, isFit: (text: string) => boolean, rule: string][] = [
  ['opts', (text) => isJson(text, isObject), 'a JSON object'],
  ['progress', (text) => isJson(text, z.unknown()), 'JSON'],
  ['parent', (text) => isJson(text, isParent), 'a JSON object with the id and queueKey of a table'],
  ['parentKey', (text) => text === '' || TABLE_KEY.test(text), `${PREFIX}:${TABLES}:<id>`],
];

/** A job taken with unreadable fields. */
interface GarbledJob {
  reason: string;
  /** Valid values that replace the garbled fields when the job fails. */
  mended: Record<string, string>;
}

/**
 * Finds jobs with garbled fields. BullMQ parses some fields when it takes a job. An error there
 * leaves the job locked until its lock expires. So this class checks and repairs the fields before
 * BullMQ parses them. The job then fails with {@link reasonOf} as the reason.
 */
export class GarbledFields {
  readonly #jobs = new Map<string, GarbledJob>();

  /** Creates a BullMQ backend that checks the jobs it takes. */
  readonly backend: BackendFactory<RedisQueueBackend> = (name, options, kind) => {
    const backend = createRedisBackend(name, options, kind);
    const { execCommand, moveToFailed } = backend;
    backend.execCommand = (client, script, args) => {
      const answer = execCommand.call(backend, client, script, args);
      return TAKING.includes(script)
        ? answer.then((next: unknown) => this.#readable(next))
        : answer;
    };
    backend.moveToFailed = (job, reason, remove, token, fetchNext, fields) => {
      const mended = this.#jobs.get(job.id!)?.mended;
      this.#jobs.delete(job.id!);
      const all = { ...fields, ...mended };
      return moveToFailed.call(backend, job, reason, remove, token, fetchNext, all);
    };
    return backend;
  };

  /** The reason why a taken job cannot be processed, or `null`. */
  reasonOf(id: string): string | null {
    return this.#jobs.get(id)?.reason ?? null;
  }

  /** Replaces garbled fields in the result of a script. */
  #readable(next: unknown): unknown {
    if (!Array.isArray(next) || !Array.isArray(next[0])) return next;
    const [flat, id, ...rest] = next as [string[], string, ...unknown[]];
    const fields: Record<string, string> = {};
    for (let i = 0; i < flat.length; i += 2) fields[flat[i]!] = flat[i + 1]!;
    const faults = RULES.flatMap(([field, isFit, rule]) => {
      const text = fields[field];
      if (text === undefined || isFit(text)) return [];
      return [`its ${field} must be ${rule}, got '${text.slice(0, SHOWN)}'`];
    });
    if (faults.length === 0) {
      this.#jobs.delete(id);
      return next;
    }
    const reason = `job ${id}: ${faults.join('; ')}. Run the same sweep to submit it again`;
    const mended = readableFields(fields);
    this.#jobs.set(id, { reason: printable(reason), mended });
    return [Object.entries({ ...fields, ...mended }).flat(), id, ...rest];
  }
}

/** Valid fields for a failing job. Its table is built without it, as without other failed runs. */
function readableFields({ parentKey = '' }: Record<string, string>): Record<string, string> {
  const [key = '', queueKey = '', id = ''] = TABLE_KEY.exec(parentKey) ?? [];
  const parent = JSON.stringify({ id, queueKey, idof: true });
  return { opts: '{}', progress: '0', parent, parentKey: key };
}

function isJson(text: string, schema: z.ZodType): boolean {
  try {
    return schema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
