import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { keepingMemory } from './keeping-memory.js';

/** Python interpreters to search for a package: the user's first, then the system's. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** A program in Python that answers each line of JSON with one. */
export interface PythonProgram<Hello> {
  /** The first line that it printed. */
  hello: Hello;
  /** Returns the answer, or `null` if the program has ended. */
  ask<Answer>(request: object): Promise<Answer | null>;
  close(): Promise<void>;
}

/** Starts a program. Returns `null` if no installed Python has the packages that it needs. */
export async function startPython<Hello>(script: URL): Promise<PythonProgram<Hello> | null> {
  for (const python of PYTHONS) {
    const child = spawn(python, [fileURLToPath(script)], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: keepingMemory(),
    });
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done) continue;
    return {
      hello: JSON.parse(first.value),
      ask: async (request) => {
        child.stdin.write(`${JSON.stringify(request)}\n`);
        const answer = await lines.next();
        return answer.done ? null : JSON.parse(answer.value);
      },
      close: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.stdin.end();
        await once(child, 'close');
      },
    };
  }
  return null;
}
