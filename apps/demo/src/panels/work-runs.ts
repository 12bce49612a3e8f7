import { signal } from '@preact/signals';
import { proxy } from 'comlink';
import { messageOf, WorkerEnded, WorkerLink } from '../ui/worker-link.js';
import type { LearnProgress } from '../workers/learn-api.js';

/** One network of the panel: how it shrinks, and at which price or strides. */
export interface WorkRun {
  pooling: 'diffstride' | 'conv';
  /** λ of DiffStride. */
  lambda: number;
  /** The strides it begins with. Those of `conv` stay. */
  strides: [number, number];
  /** Its results so far. */
  progress: LearnProgress | null;
}

/** Epochs of 38 steps. */
export const EPOCHS = 10;
const SEED = 1;
const SMOOTHNESS = 2;

/** All networks: DiffStride at rising prices of work, strided convolutions at rising strides. */
const PLAN: Omit<WorkRun, 'progress'>[] = [
  ...[0, 0.3, 1, 3].map((lambda) => {
    return { pooling: 'diffstride' as const, lambda, strides: [2, 2] as [number, number] };
  }),
  ...(
    [
      [1, 1],
      [1, 2],
      [2, 2],
      [3, 3],
    ] as [number, number][]
  ).map((strides) => ({ pooling: 'conv' as const, lambda: 0, strides })),
];

export const workRuns = signal<WorkRun[]>(PLAN.map((run) => ({ ...run, progress: null })));
export const isWorking = signal(false);
export const workError = signal<string | null>(null);

/** The workers of the training. It ends when they do. */
let links: WorkerLink[] = [];

/** Two networks train at once if there are enough processors. */
const AT_ONCE = navigator.hardwareConcurrency > 2 ? 2 : 1;

/** Trains all networks. Each worker takes the next one when it has finished one. */
export async function trainAll(): Promise<void> {
  stop();
  const own = Array.from(
    { length: AT_ONCE },
    () => new WorkerLink(({ learn }) => learn.start('wasm')),
  );
  links = own;
  isWorking.value = true;
  workError.value = null;
  workRuns.value = PLAN.map((run) => ({ ...run, progress: null }));
  const waiting = PLAN.keys();
  try {
    await Promise.all(
      own.map(async (link) => {
        for (const index of waiting) await train(link, index);
      }),
    );
  } catch (reason) {
    if (!(reason instanceof WorkerEnded)) workError.value = messageOf(reason);
  } finally {
    if (links === own) stop();
  }
}

/** Ends the training. What has been found stays. */
export function stop(): void {
  for (const link of links) link.end();
  links = [];
  isWorking.value = false;
}

/** Trains one network to the end of its last epoch. */
async function train(own: WorkerLink, index: number): Promise<void> {
  const { pooling, lambda, strides } = PLAN[index]!;
  const settings = { pooling, lambda, strides, smoothness: SMOOTHNESS, seed: SEED, epochs: EPOCHS };
  const ended = new Promise<void>((resolve, reject) => {
    const onProgress = (progress: LearnProgress) => {
      if (!links.includes(own)) return;
      workRuns.value = workRuns.peek().with(index, { ...PLAN[index]!, progress });
      // The last step is reported twice: when it is made, and with the accuracy after it.
      if (progress.testedAt === progress.steps) resolve();
    };
    own
      .call(({ learn }) =>
        learn.begin(
          settings,
          proxy(onProgress),
          proxy((message: string) => reject(new Error(message))),
        ),
      )
      .then(() => own.call(({ learn }) => Promise.resolve(learn.play())))
      .catch(reject);
  });
  // So it fails if the worker ends.
  await own.call(() => ended);
}
