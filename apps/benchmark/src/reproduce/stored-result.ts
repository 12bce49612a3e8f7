import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '@ds/checks';
import { z } from 'zod';
import { parseWith } from '../config/parse-with.js';
import { PRESETS } from '../config/presets.js';
import { parseRunConfig, type RunConfig, runConfigSchema } from '../config/run-config.js';
import { RESULTS } from '../places.js';

/** What is stored of a run besides its configuration. */
export interface StoredRun {
  /** Test score, a share, see `scoreOf`. */
  score: number;
  /** Shift consistency, a share; `null` if it was not measured. */
  shiftConsistency: number | null;
  /** Multiply-adds for one image, at the final strides. */
  macs: number;
  /** Seconds that the run took. */
  seconds: number;
  /** A hash of its training and test data. */
  dataHash?: string;
  /** Node, platform, processor. */
  environment: Record<string, string>;
}

/** The runs of a stored result. Its file also has the rows and columns of a table. */
export interface StoredResult {
  title: string;
  /** The day when it was stored. */
  date: string;
  /** The commit of the code that trained, if all runs have the same. */
  commit?: string;
  /** The command that made it. */
  command: string;
  /** The preset of its runs. */
  preset: string;
  runs: (StoredRun & { config: RunConfig })[];
}

const schema = z.object({
  title: z.string(),
  date: z.string(),
  commit: z.string().optional(),
  command: z.string(),
  preset: z.enum(Object.keys(PRESETS)),
  runs: z
    .array(
      z.object({
        config: runConfigSchema,
        score: z.number(),
        shiftConsistency: z.number().nullable(),
        macs: z.number(),
        seconds: z.number(),
        dataHash: z.string().optional(),
        environment: z.record(z.string(), z.string()),
      }),
    )
    .min(1),
});

const FOLDER = fileURLToPath(RESULTS);

/**
 * Reads a stored result: a file, or the name of a result of this repository.
 *
 * @throws Error that lists the names if there is no such file, or says which field is wrong.
 */
export async function readStoredResult(fileOrName: string): Promise<StoredResult> {
  const text = await textOf(fileOrName);
  const what = `stored result ${fileOrName}`;
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new Error(`${what}: must be JSON, got ${(error as Error).message}`, { cause: error });
  }
  if (Array.isArray(input)) {
    throw new Error(
      `${what}: must be one object, as in docs/results, got a list, as in results.json of an ` +
        'experiment; to repeat an experiment, run its command with --overwrite',
    );
  }
  if (!hasRuns(input)) {
    const { command } = input as { command?: unknown };
    throw new Error(
      `${what}: must have the configurations of its runs, got none` +
        (command === undefined ? '' : `. It was made by: ${command}`),
    );
  }
  const result = parseWith(schema, input, what);
  // The parsed configuration has the form by which runs are named.
  return {
    ...result,
    runs: result.runs.map((run) => ({ ...run, config: parseRunConfig(run.config) })),
  };
}

async function textOf(fileOrName: string): Promise<string> {
  let isFolder = false;
  try {
    return await readFile(fileOrName, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    isFolder = code === 'EISDIR';
    if (code !== 'ENOENT' && !isFolder) throw error;
  }
  const files = await readdir(FOLDER).catch(() => []);
  const stored = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
  const read = (name: string) => readFile(path.join(FOLDER, `${name}.json`), 'utf8');
  if (stored.includes(fileOrName)) return read(fileOrName);
  const texts = await Promise.all(stored.map(read));
  const names = stored.filter((_, at) => hasRuns(JSON.parse(texts[at]!)));
  const known = names.length > 0 ? `a file, or one of ${names.join(', ')}` : 'a file';
  const got = isFolder ? `the folder '${fileOrName}'` : `'${fileOrName}'`;
  const hint = isFolder || names.length === 0 ? '' : ` (${nearest(fileOrName, names)}?)`;
  throw new Error(`reproduce: the result must be ${known}, got ${got}${hint}`);
}

/**
 * Whether a stored result has the configurations of its runs. The oldest ones have only a table.
 */
function hasRuns(result: unknown): boolean {
  return typeof result !== 'object' || result === null || 'runs' in result;
}
