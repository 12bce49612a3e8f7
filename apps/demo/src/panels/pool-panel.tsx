import { effect, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { backendInUse, wantedBackend } from '../state/backend-state.js';
import { poolPicture as picture, poolState, RANGES } from '../state/pool-state.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { PlotFigure } from '../ui/plot-figure.js';
import { PoolCrew, type Pooled } from '../ui/pool-crew.js';
import { Problem } from '../ui/problem.js';
import { Slider } from '../ui/slider.js';
import { latestOnly, messageOf, startOn, WorkerEnded } from '../ui/worker-link.js';
import type { Alternative } from '../workers/compare-api.js';
import type { Picture } from '../workers/image-bytes.js';
import type { PoolSettings } from '../workers/pool-api.js';
import { PictureSource } from './picture-source.js';
import { maskCurves, maskOverlay, regionLines } from './pool-drawings.js';

const crew = new PoolCrew();

/** The worker of this panel, shared with the panel on spans. */
export const poolWorker = crew.lead;

const spectrum = signal<Picture | null>(null);
const pooled = signal<Pooled | null>(null);
const alternatives = signal<Alternative[]>([]);
const error = signal<string | null>(null);
const sourceError = signal<string | null>(null);
/** How the page handled a failure. The note stays visible. */
const notice = signal<string | null>(null);
const isReady = signal(false);

const ALTERNATIVES = ['strided', 'max', 'average', 'blur', 'fractional max'];

/** Descriptions of the other poolings. */
const HINTS: Record<string, string> = {
  strided: 'One pixel of each region, like a strided convolution. Fine detail turns into patterns.',
  max: 'The largest value of each region. Bright areas grow.',
  average: 'The mean of each region. Some fine detail still turns into patterns.',
  blur: 'BlurPool: a binomial filter, then every n-th pixel, for a whole n.',
  'fractional max': 'Maxima of regions of random sizes. Orange marks are the wider ones.',
};

/** Number of slider moves. */
let moves = 0;

const compare = latestOnly<{ size: [number, number]; seed: number }>(async ({ size, seed }) => {
  const found: Alternative[] = [];
  const asked = moves;
  for (const name of ALTERNATIVES) {
    // A later move changes the size.
    if (!isReady.peek() || moves !== asked) return;
    try {
      found.push(await crew.alternative(name, size, seed));
    } catch (reason) {
      if (!(reason instanceof WorkerEnded)) error.value = messageOf(reason);
      return;
    }
  }
  alternatives.value = found;
});

let comparison: ReturnType<typeof setTimeout> | undefined;

const pool = latestOnly<PoolSettings>(async (settings) => {
  if (!isReady.peek()) return;
  moves++;
  clearTimeout(comparison);
  try {
    const result = await crew.pool(settings);
    pooled.value = result;
    error.value = null;
    // The other poolings are computed when the sliders rest.
    const size: [number, number] = [result.picture.height, result.picture.width];
    comparison = setTimeout(() => compare({ size, seed: poolState.seed.peek() }), 120);
  } catch (reason) {
    recover(reason);
  }
});

/** Continues with wasm when another backend fails, for example after a lost GPU. */
function recover(reason: unknown): void {
  if (reason instanceof WorkerEnded) return;
  const { name } = backendInUse.peek() ?? { name: 'wasm' };
  if (name === 'wasm') {
    error.value = messageOf(reason);
    return;
  }
  // Pooling is off until wasm has the picture.
  isReady.value = false;
  notice.value = `${name} failed (${messageOf(reason)}); the page continues with wasm.`;
  crew.end();
  wantedBackend.value = 'wasm';
}

async function start(): Promise<void> {
  isReady.value = false;
  try {
    backendInUse.value = await startOn((name) => crew.start(name), wantedBackend.value);
    isReady.value = true;
  } catch (reason) {
    error.value = `Nothing can be computed here: ${messageOf(reason)}`;
  }
}

/** Pools a picture with the sliders' strides, beside other poolings with as many outputs. */
export function PoolPanel() {
  useEffect(() => effect(() => void (wantedBackend.value && start())), []);
  useEffect(
    () =>
      effect(() => {
        const taken = picture.value;
        if (!isReady.value || !taken) return;
        (async () => {
          try {
            spectrum.value = await crew.setPicture(taken);
            pool(settingsNow());
          } catch (reason) {
            recover(reason);
          }
        })();
      }),
    [],
  );
  useEffect(
    () =>
      effect(() => {
        const settings = {
          strideH: poolState.sh.value,
          strideW: poolState.sw.value,
          smoothness: poolState.r.value,
        };
        if (spectrum.peek()) pool(settings);
      }),
    [],
  );
  useEffect(
    () =>
      effect(() => {
        const seed = poolState.seed.value;
        const result = pooled.peek();
        if (result) compare({ size: [result.picture.height, result.picture.width], seed });
      }),
    [],
  );

  const result = pooled.value;
  // All pictures except the true-size one are shown at the picture's aspect ratio.
  const aspect = picture.value ? picture.value.width / picture.value.height : 1;
  const kept =
    result && picture.value
      ? (result.picture.width * result.picture.height) /
        (picture.value.width * picture.value.height)
      : null;
  const overlay = useMemo(() => (result ? maskOverlay(result) : undefined), [result]);
  const curves = useMemo(() => (result ? maskCurves(result) : null), [result]);

  return (
    <>
      <PictureSource picture={picture} error={sourceError} />
      <Problem text={error.value ?? sourceError.value} />
      <Problem text={notice.value} />
      <div class="controls">
        <Slider
          label={
            <>
              Stride down, S<sub>h</sub>
            </>
          }
          hint={
            'Input pixels for each output pixel along the height. ' +
            'Any number from 1 up: it has a gradient.'
          }
          value={poolState.sh}
          {...RANGES.sh}
        />
        <Slider
          label={
            <>
              Stride across, S<sub>w</sub>
            </>
          }
          hint="Input pixels for each output pixel along the width."
          value={poolState.sw}
          {...RANGES.sw}
        />
        <Slider
          label="R, smoothness"
          hint={
            'Width of the ramp in frequency bins. ' +
            'The gradient of the strides comes from the ramp. ' +
            '0 is a hard crop without a gradient.'
          }
          value={poolState.r}
          {...RANGES.r}
        />
      </div>
      <div class="stage" aria-busy={!result}>
        <figure>
          <PictureCanvas picture={picture.value} label="The picture" />
          <figcaption>
            The picture{picture.value && `, ${picture.value.height}×${picture.value.width}`}
          </figcaption>
        </figure>
        <figure>
          <PictureCanvas
            picture={spectrum.value}
            overlay={overlay}
            label="Its spectrum under the mask: bright frequencies pass"
          />
          <figcaption>
            Its log-spectrum: low frequencies are in the middle. The mask darkens what it removes.
            The dashed box is the crop.
          </figcaption>
        </figure>
        <figure class="pooled">
          <PictureCanvas
            picture={result?.picture ?? null}
            label="Pooled by DiffStride, enlarged to the size of the picture"
            shownAspect={aspect}
          />
          <figcaption>
            DiffStride{result && `, ${result.picture.height}×${result.picture.width}`}
            {kept !== null && `: ${percent(kept, 1)} kept, error ${percent(result!.error, 1)}`}
          </figcaption>
        </figure>
        <figure class="true-size">
          {result && (
            <PictureCanvas
              picture={result.picture}
              label="Pooled, at its true size"
              shownWidth={result.picture.width}
            />
          )}
          <figcaption>The same at its true size</figcaption>
        </figure>
      </div>
      <p class="timing" data-testid="pool-time">
        {result
          ? `Pooled in ${Number(result.milliseconds.toPrecision(3))}\u00a0ms on ${backendInUse.value?.name}${result.workers > 1 ? ', in two workers' : ''}.`
          : 'Loading the backend …'}
      </p>
      <div class="pair">
        <figure>
          <PlotFigure label="Both masks over frequency" draw={curves} />
          <figcaption>
            The two one-dimensional masks. Their product is the mask above. The strides’ gradient
            comes from the ramps.
          </figcaption>
        </figure>
        <div>
          <h3>Other poolings with as many outputs</h3>
          <p class="hint">
            Their errors compare the picture with its regions filled by their pooled values.
            DiffStride’s error is that of the masked picture, by Parseval’s theorem.
          </p>
          <button
            type="button"
            class="plain"
            onClick={() => {
              poolState.seed.value += 1;
            }}
          >
            Draw new regions
          </button>
          <ul class="gallery poolings">
            {alternatives.value.map((alternative) => (
              <AlternativeFigure key={alternative.name} alternative={alternative} aspect={aspect} />
            ))}
          </ul>
        </div>
      </div>
    </>
  );
}

function settingsNow(): PoolSettings {
  return {
    strideH: poolState.sh.peek(),
    strideW: poolState.sw.peek(),
    smoothness: poolState.r.peek(),
  };
}

function AlternativeFigure({ alternative, aspect }: { alternative: Alternative; aspect: number }) {
  const { name, picture: shown, error: lost, rows, columns } = alternative;
  const overlay = useMemo(
    () => (rows && columns ? regionLines(rows, columns) : undefined),
    [rows, columns],
  );
  return (
    <li>
      <PictureCanvas
        picture={shown}
        label={`${name} pooling`}
        overlay={overlay}
        shownAspect={aspect}
      />
      <span>
        {name}, {shown.height}×{shown.width}
      </span>
      <span class="hint">
        error {percent(lost, 1)}. {HINTS[name]}
      </span>
    </li>
  );
}
