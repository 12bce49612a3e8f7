import { isDeepStrictEqual } from 'node:util';
import type { Child } from 'hono/jsx';
import type { RunConfig } from '../config/run-config.js';
import type { RunResult } from '../run/run-result.js';
import { part } from './part.js';
import type { ReportContext } from './report-context.js';

/** How runs were made: the command, the machine, and what their configurations have in common. */
export function details(runs: RunResult[], context: ReportContext): Child {
  return (
    <>
      <h2>How it was made</h2>
      <pre>
        <code>{context.command}</code>
      </pre>
      {part('Machine and configuration', () => machineAndConfiguration(runs, context))}
    </>
  );
}

function machineAndConfiguration(runs: RunResult[], { date }: ReportContext): Child {
  const { config, environment, backend, parameters } = runs[0]!;
  const isShared = ([key, value]: [string, unknown]) =>
    runs.every((run) => isDeepStrictEqual(run.config[key as keyof RunConfig], value));
  const shared = Object.fromEntries(Object.entries(config).filter(isShared));
  const machine = Object.entries(environment)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return (
    <>
      <p class="note">
        {`${date.slice(0, 16).replace('T', ' ')} UTC; ${machine}; backend ${backend.name} (${backend.reason}); ${parameters.toLocaleString('en')} parameters.`}
      </p>
      <details>
        <summary>Configuration shared by all runs</summary>
        <pre>
          <code>{JSON.stringify(shared, null, 2)}</code>
        </pre>
      </details>
    </>
  );
}
