import { useId } from 'preact/hooks';
import { Choice } from '../ui/choice.js';
import { Help } from '../ui/help.js';
import { percent } from '../ui/percent.js';
import { poolingName } from '../ui/pooling-name.js';
import { FeatureMaps } from './feature-maps.js';
import { colorOf, type Run, runs } from './learn-runs.js';

/** The poolings to choose from. */
const POOLINGS = ['diffstride', 'conv', 'spectral', 'max', 'average', 'blur', 'fractional-max'].map(
  (pooling) => [pooling, poolingName(pooling)] as const,
);

/** One run: its numbers, its strides and the outputs of its poolings. */
export function RunColumn({ run }: { run: Run }) {
  const id = useId();
  const { now } = run;
  const other = (run === runs[0] ? runs[1] : runs[0]).now;
  const ratio = now && other ? now.macs / other.macs : null;
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
          {now && Number.isFinite(now.accuracy) ? percent(now.accuracy) : '–'} /{' '}
          {now?.testAccuracy == null ? '–' : percent(now.testAccuracy, 1)}
        </dd>
        <dt>strides</dt>
        <dd data-testid="strides">
          {now?.strides.map(([h, w]) => `${h.toFixed(2)}×${w.toFixed(2)}`).join(', ') ?? '–'}
        </dd>
        <dt>work</dt>
        <dd data-testid="work">
          {now ? `${(now.macs / 1e6).toFixed(2)}\u00a0M multiply-adds` : '–'}
          {now && ratio !== null && `, ${ratio.toFixed(ratio < 1 ? 2 : 1)}\u00a0× the other’s`}
        </dd>
        <dt>
          J{' '}
          <Help id={`${id}-j`}>
            The paper’s measure of work by strides alone: it adds 1/(S<sub>h</sub>S<sub>w</sub>) of
            each pooling, times those of the poolings before it. λ·J is added to the loss.
          </Help>
        </dt>
        <dd>{now?.complexity.toFixed(3) ?? '–'}</dd>
      </dl>
      {run.maps.value.map((layer) => (
        <FeatureMaps key={layer.layer} maps={layer} />
      ))}
    </section>
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
      aria-label={
        best === null ? 'no prediction yet' : `${poolingName(run.pooling.value)} says ${best}`
      }
    >
      <span class="hint">{poolingName(run.pooling.value)}</span>
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
