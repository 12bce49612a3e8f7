import { poolingColor, QUIET } from '@ds/palette';
import { effect, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { poolPicture } from '../state/pool-state.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { PlotFigure, type PlotLibrary } from '../ui/plot-figure.js';
import { Problem } from '../ui/problem.js';
import { Slider } from '../ui/slider.js';
import { weightsLink } from '../ui/weights-link.js';
import { latestOnly, messageOf } from '../ui/worker-link.js';
import type { AtStride } from '../workers/between-api.js';
import type { Picture } from '../workers/image-bytes.js';

/** The slider's range. Both ends are whole. */
const [SMALLEST, LARGEST] = [1, 6];

/** The strides of the curve. */
const CURVE = Array.from({ length: 8 * (LARGEST - SMALLEST) + 1 }, (_, i) => SMALLEST + i / 8);

interface Shown {
  picture: Picture;
  at: AtStride;
}

const stride = signal(2.37);
const curve = signal<AtStride[] | null>(null);
const shown = signal<Shown[]>([]);
const error = signal<string | null>(null);

/** Whether the worker may have lost the picture, for example after a crash. */
let isLost = false;

const take = latestOnly<Picture>(async (picture) => {
  try {
    curve.value = await weightsLink.call(({ between }) => between.setPicture(picture, CURVE));
    isLost = false;
    show(stride.peek());
  } catch (reason) {
    isLost = true;
    error.value = messageOf(reason);
  }
});

/** Pools with a stride and with the whole strides around it. */
const show = latestOnly<number>(async (middle) => {
  try {
    const strides = [Math.floor(middle), middle, Math.ceil(middle)];
    shown.value = await Promise.all(
      strides.map((one) => weightsLink.call(({ between }) => between.pool(one))),
    );
    error.value = null;
  } catch (reason) {
    isLost = true;
    error.value = messageOf(reason);
  }
});

/** The reader's picture at a stride between whole numbers, and at the whole ones around it. */
export function BetweenPanel() {
  useEffect(() => effect(() => void (poolPicture.value && take(poolPicture.value))), []);
  useEffect(
    () =>
      effect(() => {
        const middle = stride.value;
        if (isLost) take(poolPicture.peek()!);
        else if (curve.peek()) show(middle);
      }),
    [],
  );
  const at = shown.value[1]?.at;
  const plot = useMemo(() => (curve.value ? curvePlot(curve.value, at) : null), [curve.value, at]);
  const isWhole = stride.value % 1 === 0;
  const figures = isWhole ? shown.value.slice(1, 2) : shown.value;
  return (
    <>
      <Problem text={error.value} />
      <div class="controls">
        <Slider
          label="Stride, both axes"
          hint="Input pixels for each output pixel. Strided convolutions and most poolings offer whole ones only."
          value={stride}
          min={SMALLEST}
          max={LARGEST}
          step={0.01}
        />
      </div>
      <div class="three between" data-testid="between">
        {figures.map(({ picture, at: { stride: own, kept, error: lost } }, i) => (
          <figure
            key={i}
            style={{ borderColor: own % 1 === 0 ? QUIET : poolingColor('diffstride') }}
          >
            <PictureCanvas
              picture={picture}
              label={`Your picture at a stride of ${own}`}
              shownAspect={1}
            />
            <figcaption>
              <b>Stride {own}</b>: {picture.height}×{picture.width}, {percent(kept, 1)} kept, error{' '}
              {percent(lost, 1)}
            </figcaption>
          </figure>
        ))}
      </div>
      <figure>
        <PlotFigure label="Error of your picture over the numbers kept" draw={plot} height={220} />
        <figcaption>
          Error of this picture over the numbers kept. The dots are whole strides from{' '}
          {SMALLEST + 1} to {LARGEST}: all that strided convolutions and most poolings can choose
          from. A learned stride can be anywhere on the line, so the network can weigh loss against
          work.
        </figcaption>
      </figure>
    </>
  );
}

function curvePlot(points: AtStride[], at: AtStride | undefined) {
  const percents = points
    .filter((point) => point.stride > 1)
    .map((point) => ({ ...point, kept: 100 * point.kept, error: 100 * point.error }));
  const whole = percents.filter((point) => point.stride % 1 === 0);
  const highest = Math.max(...percents.map(({ error }) => error));
  return (plot: PlotLibrary) => ({
    width: 720,
    marginTop: 28,
    x: {
      label: 'numbers kept (%)',
      type: 'log' as const,
      domain: [2.5, 100],
      ticks: [3, 5, 10, 20, 50, 100],
    },
    // Room for the number above the highest dot.
    y: { label: 'error (%)', grid: true, domain: [0, 1.15 * highest] },
    marks: [
      plot.line(percents, {
        x: 'kept',
        y: 'error',
        stroke: poolingColor('diffstride'),
        strokeWidth: 2,
      }),
      plot.dot(whole, { x: 'kept', y: 'error', fill: 'currentColor', r: 4 }),
      plot.text(whole, { x: 'kept', y: 'error', text: (d: AtStride) => `${d.stride}`, dy: -12 }),
      at
        ? plot.dot([at], {
            x: [100 * at.kept],
            y: [100 * at.error],
            stroke: poolingColor('diffstride'),
            strokeWidth: 3,
            r: 7,
          })
        : null,
    ],
  });
}
