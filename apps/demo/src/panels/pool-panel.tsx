import { effect, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { backendInUse, wantedBackend } from '../state/backend-state.js';
import { poolState, RANGES } from '../state/pool-state.js';
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

/** The worker of this panel. The panel on spans uses it too. */
export const poolWorker = crew.lead;

const picture = signal<Picture | null>(null);
const spectrum = signal<Picture | null>(null);
const pooled = signal<Pooled | null>(null);
const alternatives = signal<Alternative[]>([]);
const error = signal<string | null>(null);
const sourceError = signal<string | null>(null);
/** How the page handled a failure. It stays on the page. */
const notice = signal<string | null>(null);
const isReady = signal(false);

const ALTERNATIVES = ['strided', 'max', 'average', 'blur', 'fractional max'];

/** What each of the other poolings does. */
const HINTS: Record<string, string> = {
  strided:
    'Keeps one pixel of each region, as a strided convolution does: fine detail comes back as false patterns.',
  max: 'The largest value of each region: bright things grow.',
  average: 'The mean of each region: a blur whose own spectrum has side lobes.',
  blur: 'BlurPool: a binomial filter, then every so many pixels, a whole number of them.',
  'fractional max':
    'Maxima over regions of random sizes: any ratio, at the price of uneven regions.',
};

/** How often the sliders were moved. */
let moves = 0;

const compare = latestOnly<{ size: [number, number]; seed: number }>(async ({ size, seed }) => {
  const found: Alternative[] = [];
  const asked = moves;
  for (const name of ALTERNATIVES) {
    // After another move the size is another one.
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
    // The other poolings follow when the sliders rest.
    const size: [number, number] = [result.picture.height, result.picture.width];
    comparison = setTimeout(() => compare({ size, seed: poolState.seed.peek() }), 120);
  } catch (reason) {
    recover(reason);
  }
});

/** Goes on with wasm when another backend fails in use, as with a lost GPU. */
function recover(reason: unknown): void {
  if (reason instanceof WorkerEnded) return;
  const { name } = backendInUse.peek() ?? { name: 'wasm' };
  if (name === 'wasm') {
    error.value = messageOf(reason);
    return;
  }
  // No pooling until wasm has the picture.
  isReady.value = false;
  notice.value = `${name} failed (${messageOf(reason)}); the page goes on with wasm.`;
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

/** Pools a picture under sliders, beside other poolings that keep as many numbers. */
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
  // All but the true size are shown at the picture's aspect ratio.
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
          label="S_h, stride down"
          hint="Input pixels per output pixel along the height. Any number from 1 on: it has a gradient."
          value={poolState.sh}
          {...RANGES.sh}
        />
        <Slider
          label="S_w, stride across"
          hint="The same along the width."
          value={poolState.sw}
          {...RANGES.sw}
        />
        <Slider
          label="R, smoothness"
          hint="Width of the ramp, in frequency bins. On it lies the gradient of the strides; 0 is a hard crop without one."
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
            label="Its spectrum with the mask: what is bright passes"
          />
          <figcaption title="Low frequencies are in the middle. Dark is cut, the dashed box is what is kept after the crop.">
            Its log-spectrum under the mask; dashed: the crop
          </figcaption>
        </figure>
        <figure>
          <PictureCanvas
            picture={result?.picture ?? null}
            label="Pooled by DiffStride, enlarged to the size of the picture"
            shownAspect={aspect}
          />
          <figcaption title="Relative error of the picture that the masks leave, by Parseval's theorem.">
            DiffStride{result && `, ${result.picture.height}×${result.picture.width}`}
            {kept !== null &&
              `: ${(100 * kept).toFixed(1)} % kept, error ${(100 * result!.error).toFixed(1)} %`}
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
          ? `Pooled in ${result.milliseconds.toFixed(1)} ms on ${backendInUse.value?.name}${result.workers > 1 ? ', in two workers' : ''}.`
          : 'Loading what computes …'}
      </p>
      <div class="pair">
        <figure>
          <PlotFigure label="Both masks over frequency" draw={curves} />
          <figcaption>
            The two one-dimensional masks; their product is the mask above. The strides’ gradient
            lives on the ramps.
          </figcaption>
        </figure>
        <div>
          <h3>As many numbers, kept in other ways</h3>
          <p class="hint">
            Errors are against the picture, each region filled with its value.{' '}
            <button
              type="button"
              class="plain"
              onClick={() => {
                poolState.seed.value += 1;
              }}
            >
              Draw new regions
            </button>
          </p>
          <ul class="gallery">
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
    <li title={HINTS[name]}>
      <PictureCanvas
        picture={shown}
        label={`${name} pooling`}
        overlay={overlay}
        shownAspect={aspect}
      />
      <span>
        {name}, {shown.height}×{shown.width}
      </span>
      <span class="hint">error {(100 * lost).toFixed(1)} %</span>
    </li>
  );
}
