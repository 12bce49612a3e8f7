import { poolingColor } from '@ds/palette';
import { effect, signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { heatColor } from '../ui/heat-scale.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { PlotFigure, type PlotLibrary } from '../ui/plot-figure.js';
import { poolingName } from '../ui/pooling-name.js';
import { Problem } from '../ui/problem.js';
import { latestOnly, messageOf, WorkerLink } from '../ui/worker-link.js';
import type { Picture } from '../workers/image-bytes.js';
import type { ShiftResponse } from '../workers/shift-api.js';
import { DrawingPad } from './drawing-pad.js';
import { namesAtEnds } from './names-at-ends.js';

const link = new WorkerLink(({ shift }) => shift.start('wasm'));

/** The largest shift in each direction, in pixels. */
const REACH = 6;
const SIDE = 32;
/** The width of the lines that lead to the names, in pixels of the digit. */
const LEADER = 0.8;

const digit = signal<Uint8Array | null>(null);
const place = signal<[number, number]>([0, 0]);
const responses = signal<ShiftResponse[]>([]);
const error = signal<string | null>(null);

const respond = latestOnly<Uint8Array>(async (bytes) => {
  try {
    responses.value = await link.call(({ shift }) => shift.respond(bytes, REACH));
    error.value = null;
  } catch (reason) {
    error.value = messageOf(reason);
  }
});

/** A movable digit, and the predictions of networks with different poolings. */
export function ShiftPanel() {
  useEffect(() => {
    (async () => {
      try {
        const seven = await link.call(({ shift }) => shift.digit(7));
        // The reader may have drawn one meanwhile.
        digit.value ??= seven;
      } catch (reason) {
        error.value = messageOf(reason);
      }
    })();
    return effect(() => {
      if (digit.value) respond(digit.value);
    });
  }, []);
  const [, right] = place.value;
  const curves = useMemo(() => alongPlot(), [responses.value, right]);
  return (
    <>
      <Problem text={error.value} />
      <div class="pair">
        <div>
          <ShiftedDigit />
          <p class="hint">
            Drag it, or use the arrow keys: moved{' '}
            <output data-testid="moved">{movedBy(place.value)}</output>.
          </p>
        </div>
        <div>
          <h3>Or draw one</h3>
          <DrawingPad
            digit={digit}
            label="A digit: draw your own"
            onError={(message) => {
              error.value = message;
            }}
          />
        </div>
      </div>
      <figure>
        <PlotFigure
          label="Probability of the digit as it moves right, for each pooling"
          draw={curves}
          height={260}
        />
        <figcaption>
          Probability of each network’s prediction at rest, as the picture moves right, circularly.
          A shift-invariant network draws a level line. All are the same small network, trained on
          1,200 digits of MNIST.
        </figcaption>
      </figure>
      <ul class="gallery heat">
        {responses.value.map((response) => (
          <HeatMap key={response.pooling} response={response} />
        ))}
      </ul>
      <p class="hint">
        Change of the ten probabilities (½ Σ |p − p₀|) for every shift down and right by up to{' '}
        {REACH} pixels. Dark means no change, bright means another prediction. The ring marks the
        digit’s position.
      </p>
    </>
  );
}

function HeatMap({ response }: { response: ShiftResponse }) {
  const { pooling, change, label, testAccuracy } = response;
  const side = 2 * REACH + 1;
  const picture = useMemo((): Picture => {
    const data = new Uint8ClampedArray(4 * change.length);
    change.forEach((value, i) => {
      data.set([...heatColor(value), 255], 4 * i);
    });
    return { width: side, height: side, data };
  }, [change]);
  const mean = change.reduce((sum, value) => sum + value, 0) / change.length;
  const [down, right] = place.value;
  return (
    <li>
      <div class="marked">
        <PictureCanvas
          picture={picture}
          label={`${poolingName(pooling)}: mean change ${percent(mean)} over all shifts`}
        />
        <span
          class="ring"
          style={{
            left: `${(100 * (right + REACH + 0.5)) / side}%`,
            top: `${(100 * (down + REACH + 0.5)) / side}%`,
          }}
        />
      </div>
      <span>
        {poolingName(pooling)} sees {label}
      </span>
      <span class="hint">
        Mean change {percent(mean)}. Gets {percent(testAccuracy)} of test digits right.
      </span>
    </li>
  );
}

function ShiftedDigit() {
  const start = useRef<{ x: number; y: number; from: [number, number] } | null>(null);
  const [down, right] = place.value;
  const picture = useMemo((): Picture | null => {
    const bytes = digit.value;
    if (!bytes) return null;
    const data = new Uint8ClampedArray(4 * SIDE * SIDE);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const row = (Math.floor(i / SIDE) - down + SIDE) % SIDE;
      const column = ((i % SIDE) - right + SIDE) % SIDE;
      const value = bytes[row * SIDE + column]!;
      data.set([value, value, value, 255], 4 * i);
    }
    return { width: SIDE, height: SIDE, data };
  }, [digit.value, down, right]);
  const move = (to: [number, number]) => {
    place.value = to.map((v) => Math.max(-REACH, Math.min(REACH, Math.round(v)))) as [
      number,
      number,
    ];
  };
  const ARROWS: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  return (
    <div
      class="draggable"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move it
      tabIndex={0}
      role="application"
      aria-label={`The digit, moved ${movedBy(place.value)}; the arrow keys move it`}
      data-testid="shifted"
      onKeyDown={(event) => {
        const by = ARROWS[event.key];
        if (!by) return;
        event.preventDefault();
        move([down + by[0], right + by[1]]);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, y: event.clientY, from: [down, right] };
      }}
      onPointerMove={(event) => {
        if (!start.current) return;
        const { x, y, from } = start.current;
        const pixel = event.currentTarget.clientWidth / SIDE;
        move([from[0] + (event.clientY - y) / pixel, from[1] + (event.clientX - x) / pixel]);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
    >
      <PictureCanvas picture={picture} label="The digit where it is now" />
    </div>
  );
}

function alongPlot() {
  const points = responses.peek().flatMap(({ pooling, along }) =>
    along.map((probability, i) => ({
      pooling: poolingName(pooling),
      shift: i - REACH,
      probability: 100 * probability,
    })),
  );
  if (points.length === 0) return null;
  const poolings = responses.peek().map(({ pooling }) => pooling);
  const names = namesAtEnds(points.filter(({ shift }) => shift === REACH));
  const right = place.peek()[1];
  return (plot: PlotLibrary) => ({
    width: 720,
    marginRight: 126,
    color: { domain: poolings.map(poolingName), range: poolings.map(poolingColor) },
    x: {
      label: 'moved right (pixels)',
      domain: [-REACH, REACH + LEADER],
      tickSpacing: 50,
      tickFormat: 'd',
    },
    y: { label: 'probability (%)', domain: [0, 100], grid: true },
    marks: [
      plot.ruleX([right], { stroke: 'currentColor', strokeOpacity: 0.5, strokeDasharray: '3 3' }),
      plot.line(points, { x: 'shift', y: 'probability', stroke: 'pooling', strokeWidth: 1.8 }),
      plot.link(names, {
        x1: REACH,
        x2: REACH + LEADER,
        y1: 'probability',
        y2: 'at',
        stroke: 'pooling',
      }),
      plot.text(names, {
        x: REACH + LEADER,
        y: 'at',
        text: 'pooling',
        textAnchor: 'start',
        dx: 4,
        fill: 'currentColor',
      }),
    ],
  });
}

/** How far the digit was moved, as `1 up and 2 right`. */
function movedBy([down, right]: [number, number]): string {
  const vertical = `${Math.abs(down)} ${down < 0 ? 'up' : 'down'}`;
  return `${vertical} and ${Math.abs(right)} ${right < 0 ? 'left' : 'right'}`;
}
