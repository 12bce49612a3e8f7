import { EventEmitter } from 'node:events';

/** The exit code, by shell convention, after a closed pipe: 128 + SIGPIPE. */
export const CLOSED_PIPE = 141;

const events = new EventEmitter();

/**
 * Ends the program silently when its output is closed, as in `ds-benchmark cost | head -1`, and
 * with a message when it cannot be written, as on a full disk. A command that must save data first
 * registers a listener with {@link whenOutputCloses}.
 */
export function endWithOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: the terminal is gone.
      const isClosed = error.code === 'EPIPE' || error.code === 'EIO';
      if (!isClosed && stream === process.stdout) {
        process.stderr.write(`The output cannot be written: ${error.message}\n`);
      }
      if (!events.emit('closed')) process.exit(isClosed ? CLOSED_PIPE : 1);
    });
  }
}

/**
 * Ends the program after its output is written, also if a module that it imported keeps it alive,
 * for example with a timer.
 */
export function endAfterOutput(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/**
 * Calls the listener when the output is closed, instead of ending the program. Returns a function
 * that removes the listener.
 */
export function whenOutputCloses(listener: () => void): () => void {
  events.on('closed', listener);
  return () => events.off('closed', listener);
}
