import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq';
import { z } from 'zod';
import { PREFIX, TABLES } from './connection.js';
import { printable } from './plain-text.js';

/** Scripts of BullMQ that give a worker its next job, as the fields of the job's hash. */
const TAKING = ['moveToActive', 'moveToFinished', 'moveToDelayed'];

/** Characters of a garbled field that an error shows. */
const SHOWN = 40;

/** The key of a table's job. */
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

/** What each field must be. BullMQ fails on others, and so do its scripts in Redis. */
const RULES: [field: string, isFit: (text: string) => boolean, rule: string][] = [
  ['opts', (text) => isJson(text, isObject), 'a JSON object'],
  ['progress', (text) => isJson(text, z.unknown()), 'JSON'],
  ['parent', (text) => isJson(text, isParent), 'a JSON object with the id and queueKey of a table'],
  ['parentKey', (text) => text === '' || TABLE_KEY.test(text), `${PREFIX}:${TABLES}:<id>`],
];

/** A job that was taken with fields that cannot be read. */
interface GarbledJob {
  reason: string;
  /** Readable values, which replace the garbled ones when the job fails. */
  mended: Record<string, string>;
}

/**
 * Finds jobs with garbled fields. BullMQ parses some fields when it takes a job, and an error there
 * leaves the job to nobody until its lock runs out. So the fields are checked before BullMQ sees
 * them, and mended. The job then fails as any other does, with {@link reasonOf} as the reason.
 */
export class GarbledFields {
  readonly #jobs = new Map<string, GarbledJob>();

  /** Makes a backend of BullMQ that checks the jobs it takes. */
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

  /** Why a job that was taken cannot be worked on, or `null`. */
  reasonOf(id: string): string | null {
    return this.#jobs.get(id)?.reason ?? null;
  }

  /** What a script gave, with readable fields. */
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
    const reason = `job ${id}: ${faults.join('; ')}. The same sweep submits it again`;
    const mended = readableFields(fields);
    this.#jobs.set(id, { reason: printable(reason), mended });
    return [Object.entries({ ...fields, ...mended }).flat(), id, ...rest];
  }
}

/** Values with which a job can fail. Its table goes on without it, as without other failed runs. */
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
