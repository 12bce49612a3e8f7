import { fileURLToPath } from 'node:url';
import { run } from './published-packages.js';

const PROGRAM = fileURLToPath(new URL('./command-lines.mjs', import.meta.url));

/** What a command printed: everything, and only its output, without errors. */
export interface Printed {
  all: string;
  stdout: string;
}

/**
 * Runs lines like `npx ds-benchmark cost` in one process, which saves a start and the imports of
 * tfjs for each. `runs/*`, `> file` and `# …` mean what they mean in a shell.
 *
 * @param cli the module of the command line
 * @throws Error that names the first line that fails, and contains what it printed.
 */
export async function runCommandLines(
  cli: string,
  lines: string[],
  folder: string,
): Promise<Printed[]> {
  const { stdout } = await run(process.execPath, [PROGRAM, cli, ...lines], folder);
  const results = JSON.parse(stdout) as (Printed & { code: number })[];
  const { code, all } = results.at(-1)!;
  if (code !== 0 || results.length < lines.length) {
    throw new Error(`exit code ${code}: ${lines[results.length - 1]}: ${all}`);
  }
  return results;
}
