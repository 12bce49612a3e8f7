import { EventEmitter } from 'node:events';

/** The exit code of a program that a closed pipe ends, as shells count it: 128 + SIGPIPE. */
export const CLOSED_PIPE = 141;

const events = new EventEmitter();

/**
 * Makes a closed pipe or terminal end the program without a word: `ds-benchmark cost | head -1`. A
 * command that has something to save first asks for the news with {@link whenOutputCloses}.
 */
export function endWithOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: the terminal is gone.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      if (!events.emit('closed')) process.exit(CLOSED_PIPE);
    });
  }
}

/** Calls a function, in place of ending, when nobody reads the output any more. Returns how to stop that. */
export function whenOutputCloses(listener: () => void): () => void {
  events.on('closed', listener);
  return () => events.off('closed', listener);
}
