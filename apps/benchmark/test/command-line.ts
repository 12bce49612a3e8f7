import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** Runs the command line; `onOutput` sees what it has printed so far, and can send it a signal. */
export function runCli(
  args: string[],
  onOutput: (text: string, stop: (signal?: NodeJS.Signals) => void) => void = () => {},
): Promise<{ code: number | null; output: string; stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args]);
    let output = '';
    let stdout = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
      onOutput(output, (signal = 'SIGINT') => child.kill(signal));
    };
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      collect(chunk);
    });
    child.stderr.on('data', collect);
    child.on('close', (code) => resolve({ code, output, stdout }));
  });
}

/** A run on images like those of MNIST that takes a moment. */
export const tiny = [
  ...['--preset', 'smoke', '--dataset', 'mnist', '--width', '2'],
  ...['--test-images', '16', '--batch-size', '16'],
];
