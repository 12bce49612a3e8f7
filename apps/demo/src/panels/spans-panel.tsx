import { SERIES } from '@ds/palette';
import { effect, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { backendInUse } from '../state/backend-state.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { PlotFigure, type PlotLibrary } from '../ui/plot-figure.js';
import { Problem } from '../ui/problem.js';
import { Slider } from '../ui/slider.js';
import { latestOnly, messageOf } from '../ui/worker-link.js';
import type { Picture } from '../workers/image-bytes.js';
import { poolWorker } from './pooling.js';

/** The largest span, and the length of the sequence. */
const MAX_SPAN = 48;
const LENGTH = 64;

const z = signal(16);
const smoothness = signal(8);
const span = signal<{ mask: Float32Array; weights: Float32Array } | null>(null);
const error = signal<string | null>(null);

const compute = latestOnly<[number, number]>(async ([value, ramp]) => {
  try {
    span.value = await poolWorker.call(({ pool }) => pool.span(value, ramp, MAX_SPAN, LENGTH));
    error.value = null;
  } catch (reason) {
    error.value = messageOf(reason);
  }
});

/**
 * The adaptive-span mask, the origin of DiffStride's mask: how far back an attention head looks.
 */
export function SpansPanel() {
  useEffect(
    () =>
      effect(() => {
        if (backendInUse.value) compute([z.value, smoothness.value]);
      }),
    [],
  );
  const found = span.value;
  const mask = useMemo(() => (found ? maskPlot(found.mask) : null), [found]);
  const weights = useMemo(() => (found ? weightsPicture(found.weights) : null), [found]);
  return (
    <>
      <Problem text={error.value} />
      <div class="controls">
        <Slider
          label="z, span"
          hint="Distance up to which the weights stay unchanged, in positions. It is learned."
          value={z}
          min={0}
          max={MAX_SPAN}
          step={0.5}
        />
        <Slider
          label="R, smoothness"
          hint="Width of the ramp beyond z, in positions."
          value={smoothness}
          min={1}
          max={32}
          step={1}
        />
      </div>
      <div class="pair">
        <figure>
          <PlotFigure label="The mask of the span over distances" draw={mask} />
          <figcaption>
            m<sub>z</sub>(x) = clip((R + z − x)/R, 0, 1) over the distance x. DiffStride uses the
            same mask over frequencies.
          </figcaption>
        </figure>
        <figure class="weights">
          <PictureCanvas
            picture={weights}
            label="Attention weights: a row for each position, a column for each attended position"
          />
          <figcaption>
            The masked attention weights. Every position (row) looks back. Positions beyond z + R
            are neither read nor computed.
          </figcaption>
        </figure>
      </div>
    </>
  );
}

function maskPlot(mask: Float32Array) {
  const points = Array.from(mask, (value, distance) => ({ distance, value }));
  return (plot: PlotLibrary) => ({
    x: { label: 'distance back (positions)' },
    y: { label: 'mask', domain: [0, 1], grid: true, ticks: 3 },
    marks: [
      plot.areaY(points, { x: 'distance', y: 'value', fill: SERIES[0], fillOpacity: 0.2 }),
      plot.line(points, { x: 'distance', y: 'value', stroke: SERIES[0], strokeWidth: 2 }),
    ],
  });
}

function weightsPicture(weights: Float32Array): Picture {
  const data = new Uint8ClampedArray(4 * weights.length);
  // The square root makes small weights visible.
  weights.forEach((weight, i) => {
    const shade = Math.sqrt(Math.min(1, 4 * weight));
    data.set([18 + 210 * shade, 24 + 180 * shade, 32 + 60 * shade, 255], 4 * i);
  });
  return { width: LENGTH, height: LENGTH, data };
}
