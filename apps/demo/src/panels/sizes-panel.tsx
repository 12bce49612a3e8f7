import { QUIET, SERIES } from '@ds/palette';
import { effect, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { percent } from '../ui/percent.js';
import { PlotFigure, type PlotLibrary } from '../ui/plot-figure.js';
import { Problem } from '../ui/problem.js';
import { SiteLink } from '../ui/site-link.js';
import { Slider } from '../ui/slider.js';
import { weightsLink } from '../ui/weights-link.js';
import { latestOnly, messageOf } from '../ui/worker-link.js';
import type { MaskedAxis } from '../workers/sizes-api.js';

/** Taps of a kernel's side, channels of a layer, blocks of a network. */
const [TAPS, CHANNELS, BLOCKS] = [11, 24, 8];

/** The widths of the sigmoids' slopes, in elements. */
const [OF_CHANNELS, OF_BLOCKS] = [2, 0.7];

const kernel = signal(5.4);
const width = signal(14);
const depth = signal(4.5);
const axes = signal<MaskedAxis[] | null>(null);
const error = signal<string | null>(null);

const compute = latestOnly<[number, number, number]>(async ([taps, channels, blocks]) => {
  try {
    axes.value = await Promise.all([
      weightsLink.call(({ sizes }) => sizes.mask(TAPS, taps, 'gaussian', 1)),
      weightsLink.call(({ sizes }) => sizes.mask(CHANNELS, channels, 'sigmoid', OF_CHANNELS)),
      weightsLink.call(({ sizes }) => sizes.mask(BLOCKS, blocks, 'sigmoid', OF_BLOCKS)),
    ]);
    error.value = null;
  } catch (reason) {
    error.value = messageOf(reason);
  }
});

/** The masks with which a network learns its kernels, widths and depth as it learns its strides. */
export function SizesPanel() {
  useEffect(() => effect(() => compute([kernel.value, width.value, depth.value])), []);
  const [taps, channels, blocks] = axes.value ?? [];
  const plots = useMemo(
    () => [
      taps ? maskPlot(taps, 'tap, from the middle', (TAPS - 1) / 2) : null,
      channels ? maskPlot(channels, 'channel', -1) : null,
      blocks ? maskPlot(blocks, 'block', -1) : null,
    ],
    [axes.value],
  );
  const count = (axis: MaskedAxis | undefined) => (axis ? axis.kept[1] - axis.kept[0] : 0);
  const [k, n, m] = [count(taps), count(channels), count(blocks)];
  const share = (k * k * n * m) / (TAPS * TAPS * CHANNELS * BLOCKS);
  return (
    <>
      <Problem text={error.value} />
      <div class="controls">
        <Slider
          label="Kernel size, in taps"
          hint="Taps of the kernel’s side that are kept, as a real number. The mask is a Gaussian."
          value={kernel}
          min={1}
          max={TAPS}
          step={0.1}
        />
        <Slider
          label="Width, in channels"
          hint="Channels inside each block that are kept. The mask is a sigmoid."
          value={width}
          min={1}
          max={CHANNELS}
          step={0.5}
        />
        <Slider
          label="Depth, in blocks"
          hint="Blocks of the network that run. A block with mask 0 is skipped."
          value={depth}
          min={1}
          max={BLOCKS}
          step={0.1}
        />
      </div>
      <div class="three masks">
        {['kernel', 'width', 'depth'].map((axis, i) => (
          <figure key={axis}>
            <PlotFigure label={`Mask of the ${axis}`} draw={plots[i]!} height={180} />
          </figure>
        ))}
      </div>
      <p data-testid="sizes">
        The network computes with {k}×{k} taps, {n} channels and {m} blocks:{' '}
        <strong>{percent(share, 1)}</strong> of its multiply-adds.
      </p>
      <p class="hint">
        A strided network fixes these numbers beforehand. A mask makes each of them a real number
        with a gradient, as R and the stride are above. More in{' '}
        <SiteLink page="theory/learned-architecture">Learned architecture</SiteLink>.
      </p>
    </>
  );
}

function maskPlot({ values, kept: [start, end] }: MaskedAxis, label: string, middle: number) {
  const points = Array.from(values, (mask, i) => ({
    at: i - middle,
    mask,
    color: i >= start && i < end ? SERIES[0]! : QUIET,
  }));
  return (plot: PlotLibrary) => ({
    height: 180,
    x: { label, tickFormat: 'd' },
    y: { label: 'mask', domain: [0, 1.05], ticks: 3 },
    marks: [
      plot.ruleX(points, { x: 'at', y: 'mask', stroke: 'color', strokeWidth: 3 }),
      plot.dot(points, { x: 'at', y: 'mask', fill: 'color', r: 3.5 }),
      plot.ruleY([0]),
    ],
  });
}
