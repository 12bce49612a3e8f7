import { type Signal, signal } from '@preact/signals';
import { proxy } from 'comlink';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Choice } from '../ui/choice.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { COLORS, PlotFigure, type PlotLibrary } from '../ui/plot-figure.js';
import { Slider } from '../ui/slider.js';
import { messageOf, WorkerLink } from '../ui/worker-link.js';
import type { Picture } from '../workers/image-bytes.js';
import type { FeatureMaps, LearnProgress } from '../workers/learn-api.js';
import { DrawingPad } from './drawing-pad.js';

/** What can be chosen. */
const POOLINGS = [
  ['diffstride', 'DiffStride'],
  ['conv', 'strided convolution'],
  ['spectral', 'spectral pooling'],
  ['max', 'max'],
  ['average', 'average'],
  ['blur', 'BlurPool'],
  ['fractional-max', 'fractional max'],
] as const;

/** One of the two runs. */
class Run {
  readonly link = new WorkerLink();
  readonly pooling: Signal<string>;
  readonly history = signal<LearnProgress[]>([]);
  readonly maps = signal<FeatureMaps[]>([]);
  readonly probabilities = signal<Float32Array | null>(null);
  isStarted = false;

  constructor(
    readonly name: string,
    pooling: string,
    readonly color: string,
  ) {
    this.pooling = signal(pooling);
  }

  get now(): LearnProgress | undefined {
    return this.history.value.at(-1);
  }
}

const runs = [
  new Run('left', 'diffstride', COLORS[1]!),
  new Run('right', 'conv', COLORS[0]!),
] as const;

const strides = [signal(3), signal(2)] as const;
const smoothness = signal(2);
const lambda = signal(0);
const seed = signal(1);
const state = signal<'idle' | 'playing' | 'paused'>('idle');
const error = signal<string | null>(null);
const digit = signal<Uint8Array | null>(null);

/** Steps between two looks at feature maps and at the reader's digit. */
const LOOK_EVERY = 8;

async function reset(): Promise<void> {
  state.value = 'idle';
  try {
    await Promise.all(runs.map(begin));
    if (!digit.peek()) digit.value = await runs[0].link.api.learn.digit(3);
    await Promise.all(runs.map(look));
    state.value = 'paused';
    error.value = null;
  } catch (reason) {
    error.value = messageOf(reason);
  }
}

async function begin(run: Run): Promise<void> {
  // Small maps, many steps: wasm with its SIMD kernels is the fastest for these, GPUs included.
  if (!run.isStarted) await run.link.api.learn.start('wasm');
  run.isStarted = true;
  const settings = {
    pooling: run.pooling.peek(),
    strides: [strides[0].peek(), strides[1].peek()] as [number, number],
    smoothness: smoothness.peek(),
    lambda: lambda.peek(),
    seed: seed.peek(),
  };
  const onProgress = (progress: LearnProgress) => {
    run.history.value = [...run.history.peek(), progress];
    if (progress.step % LOOK_EVERY === 0) look(run);
  };
  const onFailed = (message: string) => {
    error.value = `${run.name}: ${message}`;
    state.value = 'paused';
  };
  run.history.value = [
    await run.link.api.learn.begin(settings, proxy(onProgress), proxy(onFailed)),
  ];
}

async function look(run: Run): Promise<void> {
  const bytes = digit.peek();
  if (!bytes) return;
  try {
    run.probabilities.value = await run.link.api.learn.classify(bytes);
    run.maps.value = await run.link.api.learn.featureMaps(bytes);
  } catch (reason) {
    error.value = messageOf(reason);
  }
}

function all(action: 'play' | 'pause' | 'step'): void {
  for (const run of runs) run.link.api.learn[action]();
  if (action !== 'step') state.value = action === 'play' ? 'playing' : 'paused';
}

/** Two small networks that learn digits while one looks, from the same strides. */
export function LearnPanel() {
  const settings = [
    strides[0].value,
    strides[1].value,
    smoothness.value,
    lambda.value,
    seed.value,
    ...runs.map(({ pooling }) => pooling.value),
  ].join();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Other settings are another run.
  useEffect(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(reset, 150);
  }, [settings]);
  useEffect(() => {
    if (digit.value && state.peek() !== 'idle') for (const run of runs) look(run);
  }, [digit.value]);

  const histories = runs.map(({ history }) => history.value);
  const loss = useMemo(() => lossPlot(), histories);
  const paths = useMemo(() => pathPlot(), histories);
  return (
    <>
      {error.value && (
        <p class="problem" role="alert">
          {error.value}
        </p>
      )}
      <div class="controls">
        <Slider
          label="stride 1"
          hint="Where the first pooling starts, both axes. 3 is a poor choice: it keeps a ninth."
          value={strides[0]}
          min={1}
          max={4}
          step={0.1}
        />
        <Slider
          label="stride 2"
          hint="Where the second starts."
          value={strides[1]}
          min={1}
          max={4}
          step={0.1}
        />
        <Slider
          label="R, smoothness"
          hint="Of DiffStride’s masks, in bins."
          value={smoothness}
          min={0.5}
          max={6}
          step={0.5}
        />
        <Slider
          label="λ"
          hint="Weight of the penalty λ·J on small strides: pushes towards cheaper networks."
          value={lambda}
          min={0}
          max={2}
          step={0.05}
        />
        <Slider
          label="seed"
          hint="Of the weights and of the order of the digits; the same seed learns the same."
          value={seed}
          min={1}
          max={20}
          step={1}
        />
      </div>
      <div class="row transport">
        <button
          type="button"
          onClick={() => all(state.value === 'playing' ? 'pause' : 'play')}
          disabled={state.value === 'idle'}
        >
          {state.value === 'playing' ? 'Pause' : 'Start'}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => all('step')}
          disabled={state.value !== 'paused'}
        >
          One step
        </button>
        <button type="button" class="plain" onClick={reset}>
          Reset
        </button>
        <span class="hint" role="status" data-testid="learn-status">
          {state.value === 'idle'
            ? 'Building both networks …'
            : `step ${runs[0].now?.step ?? 0} of ${runs[0].now?.steps ?? 0}`}
        </span>
      </div>
      <div class="pair">
        {runs.map((run) => (
          <RunColumn key={run.name} run={run} />
        ))}
      </div>
      <div class="pair">
        <figure>
          <PlotFigure label="Training loss of both runs over steps" draw={loss} />
          <figcaption>
            Loss on the training digits (running mean), and share of test digits right (dashed,
            after each pass).
          </figcaption>
        </figure>
        <figure>
          <PlotFigure label="Paths of the strides in the plane of S_h and S_w" draw={paths} />
          <figcaption>
            Where the strides go: S_w against S_h, a path for each pooling; the ring is where it
            starts.
          </figcaption>
        </figure>
      </div>
      <div class="pair">
        <DrawingPad
          digit={digit}
          label="A digit: draw your own"
          onError={(message) => {
            error.value = message;
          }}
        />
        <div>
          <h3>What they see in it</h3>
          {runs.map((run) => (
            <Probabilities key={run.name} run={run} />
          ))}
        </div>
      </div>
    </>
  );
}

function RunColumn({ run }: { run: Run }) {
  const { now } = run;
  return (
    <section
      class="run"
      style={{ borderColor: run.color }}
      aria-label={`Run on the ${run.name}`}
      data-testid={`run-${run.name}`}
    >
      <Choice
        label={`Pooling, ${run.name}`}
        value={run.pooling as Signal<string>}
        options={POOLINGS}
      />
      <dl>
        <dt>loss</dt>
        <dd data-testid="loss">{now && Number.isFinite(now.loss) ? now.loss.toFixed(3) : '–'}</dd>
        <dt>training / test</dt>
        <dd>
          {now && Number.isFinite(now.accuracy) ? `${Math.round(100 * now.accuracy)} %` : '–'} /{' '}
          {now?.testAccuracy == null ? '–' : `${(100 * now.testAccuracy).toFixed(1)} %`}
        </dd>
        <dt>strides</dt>
        <dd data-testid="strides">
          {now?.strides.map(([h, w]) => `${h.toFixed(2)}×${w.toFixed(2)}`).join(', ') ?? '–'}
        </dd>
        <dt title="The paper’s complexity, Σ Π 1/(S_h S_w) over the poolings.">J</dt>
        <dd>{now?.complexity.toFixed(3) ?? '–'}</dd>
        <dt title="Multiply-adds for one digit, at the strides as they stand.">work</dt>
        <dd>{now ? `${(now.macs / 1e6).toFixed(2)} M` : '–'}</dd>
      </dl>
      {run.maps.value.map((layer) => (
        <Maps key={layer.layer} maps={layer} />
      ))}
    </section>
  );
}

function Maps({ maps }: { maps: FeatureMaps }) {
  const pictures = useMemo(
    () =>
      maps.channels.map((channel): Picture => {
        const data = new Uint8ClampedArray(4 * channel.length);
        channel.forEach((value, i) => {
          data.set([value, value, value, 255], 4 * i);
        });
        return { width: maps.width, height: maps.height, data };
      }),
    [maps],
  );
  return (
    <figure class="maps">
      <div>
        {pictures.map((map, i) => (
          <PictureCanvas
            key={i}
            picture={map}
            label={`Channel ${i + 1}`}
            shownWidth={Math.max(6, 1.6 * maps.width)}
          />
        ))}
      </div>
      <figcaption>
        {maps.layer}: {maps.height}×{maps.width}
      </figcaption>
    </figure>
  );
}

function Probabilities({ run }: { run: Run }) {
  const values = run.probabilities.value;
  const best = values ? values.indexOf(Math.max(...values)) : null;
  return (
    <div
      class="bars"
      role="img"
      aria-label={best === null ? 'nothing yet' : `${run.pooling.value} says ${best}`}
    >
      <span class="hint">{run.pooling.value}</span>
      {Array.from({ length: 10 }, (_, k) => (
        <span key={k} class="bar">
          <span
            class="fill"
            style={{ height: `${100 * (values?.[k] ?? 0)}%`, background: run.color }}
          />
          <b>{k}</b>
        </span>
      ))}
    </div>
  );
}

/** Steps over which the loss is averaged. */
const WINDOW = 12;

function lossPlot() {
  const lines = runs.flatMap((run) =>
    run.history
      .peek()
      .slice(1)
      .map((progress, i, all) => {
        const window = all.slice(Math.max(0, i - WINDOW + 1), i + 1);
        const loss = window.reduce((sum, each) => sum + each.loss, 0) / window.length;
        return { run: run.name, step: progress.step, loss, test: progress.testAccuracy };
      }),
  );
  if (lines.length === 0) return null;
  return (plot: PlotLibrary) => ({
    color: { domain: runs.map(({ name }) => name), range: runs.map(({ color }) => color) },
    x: { label: 'step' },
    y: { label: 'loss (nats) and share right', grid: true, domain: [0, 2.5], clamp: true },
    marks: [
      plot.line(lines, { x: 'step', y: 'loss', stroke: 'run', strokeWidth: 2 }),
      plot.line(
        lines.filter(({ test }) => test !== null),
        { x: 'step', y: 'test', stroke: 'run', strokeDasharray: '4 3' },
      ),
    ],
  });
}

function pathPlot() {
  const points = runs.flatMap((run) =>
    run.history.peek().flatMap(({ step, strides: pairs }) =>
      pairs.map(([height, width], layer) => ({
        run: run.name,
        path: `${run.name} ${layer}`,
        layer: `pooling ${layer + 1}`,
        step,
        height,
        width,
      })),
    ),
  );
  if (points.length === 0) return null;
  const values = points.flatMap(({ height, width }) => [height, width]);
  const domain = [Math.max(1, Math.min(...values) - 0.2), Math.max(...values) + 0.2];
  return (plot: PlotLibrary) => ({
    height: 260,
    color: { domain: runs.map(({ name }) => name), range: runs.map(({ color }) => color) },
    x: { label: 'S_w', domain, grid: true },
    y: { label: 'S_h', domain, grid: true },
    marks: [
      plot.link([0], {
        x1: domain[0],
        y1: domain[0],
        x2: domain[1],
        y2: domain[1],
        strokeOpacity: 0.2,
      }),
      plot.line(points, { x: 'width', y: 'height', stroke: 'run', z: 'path', strokeWidth: 2 }),
      plot.dot(
        points.filter(({ step }) => step === 0),
        { x: 'width', y: 'height', stroke: 'run', r: 6 },
      ),
      plot.text(
        points.filter(({ step }) => step === 0),
        {
          x: 'width',
          y: 'height',
          text: 'layer',
          dx: 9,
          textAnchor: 'start',
          fill: 'currentColor',
        },
      ),
    ],
  });
}
