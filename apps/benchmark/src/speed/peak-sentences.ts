import type { SpeedResult } from './speed-result.js';

/** The part of a result on which the sentences depend. */
type Peaks = Pick<SpeedResult, 'peak' | 'nativePeak' | 'contenders' | 'rows'>;

/** Sentences that say what the peaks are, and how operations are counted. */
export function peakSentences({ peak, nativePeak, contenders, rows }: Peaks): string[] {
  const isGpu = contenders[0]?.name === 'ds webgpu';
  const torch = contenders.find(({ name }) => name === 'PyTorch, 1 thread')?.version;
  const hasConvolutions = rows.some((row) => row.case.kind === 'convolution');
  return [
    ...(peak === null
      ? []
      : isGpu
        ? [`The GPU's peak is ${peak.toFixed(0)} GFLOP/s in registers.`]
        : [
            `The wasm peak is ${peak.toFixed(1)} GFLOP/s: the inner loop of our matrix products on ` +
              'one core, on cached data.',
          ]),
    ...(nativePeak === null
      ? []
      : [
          `The native peak is ${nativePeak.toFixed(1)} GFLOP/s: the fastest float32 matrix product ` +
            `of ${torch ?? 'PyTorch'} on one thread.`,
        ]),
    ...(hasConvolutions
      ? [
          'Operations of convolutions are those of the direct algorithm. Winograd multiplies less ' +
            'often, so its count can exceed the peak.',
        ]
      : []),
  ];
}
