import { useMemo } from 'preact/hooks';
import { Choice } from '../ui/choice.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import type { Picture } from '../workers/image-bytes.js';
import type { FeatureMaps } from '../workers/learn-api.js';
import { colorOf, type Run } from './learn-runs.js';

/** The poolings to choose from. */
const POOLINGS = [
  ['diffstride', 'DiffStride'],
  ['conv', 'strided convolution'],
  ['spectral', 'spectral pooling'],
  ['max', 'max'],
  ['average', 'average'],
  ['blur', 'BlurPool'],
  ['fractional-max', 'fractional max'],
] as const;

/** One run: its numbers, its strides and the outputs of its poolings. */
export function RunColumn({ run }: { run: Run }) {
  const { now } = run;
  return (
    <section
      class="run"
      style={{ borderColor: colorOf(run) }}
      aria-label={`Run on the ${run.name}`}
      data-testid={`run-${run.name}`}
    >
      <Choice label={`Pooling, ${run.name}`} value={run.pooling} options={POOLINGS} />
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
        <dt title="Multiply-adds for one digit at the current strides.">work</dt>
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

/** A run's prediction for the drawn digit. */
export function Probabilities({ run }: { run: Run }) {
  const values = run.probabilities.value;
  const best = values ? values.indexOf(Math.max(...values)) : null;
  return (
    <div
      class="bars"
      role="img"
      aria-label={best === null ? 'no prediction yet' : `${run.pooling.value} says ${best}`}
    >
      <span class="hint">{run.pooling.value}</span>
      {Array.from({ length: 10 }, (_, k) => (
        <span key={k} class="bar">
          <span
            class="fill"
            style={{ height: `${100 * (values?.[k] ?? 0)}%`, background: colorOf(run) }}
          />
          <b>{k}</b>
        </span>
      ))}
    </div>
  );
}
