import type { Worker } from 'bullmq';

/** Milliseconds of the first pause. Consecutive errors double it. */
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Pauses a worker after errors. Without a pause, BullMQ retries thousands of times per second. The
 * signal ends a pause.
 */
export function pausesOf(worker: Worker, signal: AbortSignal): () => void {
  let length = FIRST_MS;
  let resumedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  signal.addEventListener('abort', () => {
    if (timer) clearTimeout(timer);
  });
  return () => {
    if (timer || signal.aborted) return;
    const isNew = performance.now() - resumedAt > LONGEST_MS;
    length = isNew ? FIRST_MS : Math.min(2 * length, LONGEST_MS);
    void worker.pause(true);
    timer = setTimeout(() => {
      timer = null;
      resumedAt = performance.now();
      void worker.resume();
    }, length);
  };
}
