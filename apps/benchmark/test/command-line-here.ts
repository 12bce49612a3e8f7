import { vi } from 'vitest';

/** Thrown in place of an exit, so that the command goes no further. */
class Exit extends Error {}

let starts = 0;

/**
 * Runs the command line in this process, from its sources: a process of its own takes a second to
 * load. For commands that start no thread, or with `executeInThreads` mocked.
 */
export async function runCliHere(
  args: string[],
): Promise<{ code: number; output: string; stdout: string }> {
  let output = '';
  let stdout = '';
  let exitCode: number | undefined;
  const printed = (text: unknown) => {
    output += text;
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text, ...more: unknown[]) => {
      stdout += text;
      const written = more.at(-1);
      if (typeof written === 'function') written();
      return printed(text);
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation(printed),
    ...(['warn', 'error'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((text) => void printed(`${text}\n`)),
    ),
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      exitCode ??= Number(code ?? process.exitCode ?? 0);
      throw new Exit('');
    }),
  ];
  const streams = [process.stdout, process.stderr];
  const listeners = streams.map((stream) => stream.rawListeners('error'));
  const { argv, title } = process;
  process.argv = [argv[0]!, 'ds-benchmark', ...args];
  try {
    starts += 1;
    // A module with another address runs again. Its imports do not.
    await import(/* @vite-ignore */ `../src/cli.ts?start=${starts}`);
    return { code: exitCode ?? Number(process.exitCode ?? 0), output, stdout };
  } finally {
    [process.argv, process.title, process.exitCode] = [argv, title, undefined];
    for (const spy of spies) spy.mockRestore();
    for (const [i, stream] of streams.entries()) {
      for (const listener of stream.rawListeners('error')) {
        if (!listeners[i]!.includes(listener)) stream.off('error', listener as () => void);
      }
    }
  }
}
