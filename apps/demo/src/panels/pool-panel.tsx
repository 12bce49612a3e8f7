import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { backendInUse } from '../state/backend-state.js';
import { poolPicture as picture, poolState, RANGES } from '../state/pool-state.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { PlotFigure } from '../ui/plot-figure.js';
import { Problem } from '../ui/problem.js';
import { Slider } from '../ui/slider.js';
import { OtherPoolings } from './other-poolings.js';
import { PictureSource } from './picture-source.js';
import { maskCurves, maskOverlay } from './pool-drawings.js';
import { aspect, error, notice, pooled, spectrum, usePooling } from './pooling.js';

const sourceError = signal<string | null>(null);

/** Pools a picture with the sliders' strides, and by other poolings, for comparison. */
export function PoolPanel() {
  usePooling();
  return (
    <>
      <PictureSource picture={picture} error={sourceError} />
      <Problem text={error.value ?? sourceError.value} />
      <Problem text={notice.value} />
      <MaskSliders />
      <div class="stage" aria-busy={!pooled.value}>
        <OriginalFigure />
        <SpectrumFigure />
        <PooledFigure />
        <TrueSizeFigure />
      </div>
      <PoolTime />
      <div class="pair">
        <MaskFigure />
        <OtherPoolings />
      </div>
    </>
  );
}

/** The sliders of the two strides and of the smoothness. */
function MaskSliders() {
  return (
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
  );
}

function OriginalFigure() {
  return (
    <figure>
      <PictureCanvas picture={picture.value} label="The picture" />
      <figcaption>
        The picture{picture.value && `, ${picture.value.height}×${picture.value.width}`}
      </figcaption>
    </figure>
  );
}

/** The spectrum of the picture, darkened by the mask. */
function SpectrumFigure() {
  const result = pooled.value;
  const overlay = useMemo(() => (result ? maskOverlay(result) : undefined), [result]);
  return (
    <figure>
      <PictureCanvas
        picture={spectrum.value}
        overlay={overlay}
        label="Its spectrum under the mask: bright frequencies pass"
      />
      <figcaption>
        Its log-spectrum: low frequencies are in the middle. The mask darkens what it removes. The
        dashed box is the crop.
      </figcaption>
    </figure>
  );
}

/** The pooled picture, enlarged to the size of the picture. */
function PooledFigure() {
  const result = pooled.value;
  const kept =
    result && picture.value
      ? (result.picture.width * result.picture.height) /
        (picture.value.width * picture.value.height)
      : null;
  return (
    <figure class="pooled">
      <PictureCanvas
        picture={result?.picture ?? null}
        label="Pooled by DiffStride, enlarged to the size of the picture"
        shownAspect={aspect.value}
      />
      <figcaption>
        DiffStride{result && `, ${result.picture.height}×${result.picture.width}`}
        {kept !== null && `: ${percent(kept, 1)} kept, error ${percent(result!.error, 1)}`}
      </figcaption>
    </figure>
  );
}

function TrueSizeFigure() {
  const result = pooled.value;
  return (
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
  );
}

/** How long the last pooling took. */
function PoolTime() {
  const result = pooled.value;
  return (
    <p class="timing" data-testid="pool-time">
      {result
        ? `Pooled in ${Number(result.milliseconds.toPrecision(3))}\u00a0ms on ${backendInUse.value?.name}${result.workers > 1 ? ', in two workers' : ''}.`
        : 'Loading the backend …'}
    </p>
  );
}

/** Both one-dimensional masks over frequency. */
function MaskFigure() {
  const result = pooled.value;
  const curves = useMemo(() => (result ? maskCurves(result) : null), [result]);
  return (
    <figure>
      <PlotFigure label="Both masks over frequency" draw={curves} />
      <figcaption>
        The two one-dimensional masks, dashed across. Their product is the mask above. The strides’
        gradient comes from the ramps.
      </figcaption>
    </figure>
  );
}
