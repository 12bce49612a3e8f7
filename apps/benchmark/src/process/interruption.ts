import { constants } from 'node:os';
import { CLOSED_PIPE, whenOutputCloses } from './closed-output.js';

/** How a long command gets the signal to stop early. */
export interface Interruption {
  /** Aborted by Ctrl-C, SIGTERM, SIGHUP (a closed terminal), or a closed pipe. */
  signal: AbortSignal;
  /** Exit code: 128 + signal number, or 0 before a signal. */
  exitCode: () => number;
  /** Removes the listeners. */
  release: () => void;
}

/**
 * Waits for what interrupts a command, which then saves and ends. A second Ctrl-C or SIGTERM leaves
 * at once. A second SIGHUP does not: shell and system send one each when a terminal is closed.
 *
 * @param onInterrupt called once, at the first.
 */
export function interruption(onInterrupt: () => void): Interruption {
  const controller = new AbortController();
  let exitCode = 0;
  const interrupt = (code: number, isRepeatable: boolean) => {
    if (controller.signal.aborted) {
      if (isRepeatable) return;
      process.exit(code);
    }
    exitCode = code;
    controller.abort();
    onInterrupt();
  };
  const stopped = (name: NodeJS.Signals) =>
    interrupt(128 + constants.signals[name], name === 'SIGHUP');
  const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of names) process.on(name, stopped);
  const ignoreClosing = whenOutputCloses(() => interrupt(CLOSED_PIPE, true));
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    release: () => {
      for (const name of names) process.off(name, stopped);
      ignoreClosing();
    },
  };
}
