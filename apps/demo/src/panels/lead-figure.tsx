import { poolingColor } from '@ds/palette';
import { effect, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { backendInUse } from '../state/backend-state.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { Problem } from '../ui/problem.js';
import { messageOf, WorkerEnded } from '../ui/worker-link.js';
import type { LeadComparison } from '../workers/lead-api.js';
import { leadRings } from './lead-rings.js';
import { poolWorker } from './pooling.js';

/** The side of the rings, and the stride, which divides it. */
const SIDE = 288;
const STRIDE = 3;

const found = signal<LeadComparison | null>(null);
const error = signal<string | null>(null);

/** Rings, shrunk by every third pixel and by DiffStride, with their errors and max pooling’s. */
export function LeadFigure() {
  const rings = useMemo(() => leadRings(SIDE), []);
  useEffect(
    () =>
      effect(() => {
        if (!backendInUse.value || found.peek()) return;
        poolWorker
          .call(({ lead }) => lead.compare(rings, STRIDE))
          .then(
            (comparison) => {
              found.value = comparison;
              error.value = null;
            },
            (reason) => {
              if (!(reason instanceof WorkerEnded)) error.value = messageOf(reason);
            },
          );
      }),
    [],
  );
  const { kept, subsample, max, diffstride } = found.value ?? {};
  const inPercent = (share: number | undefined) => (share === undefined ? '…' : percent(share));
  return (
    <div class="lead-figure">
      <p class="claim" data-testid="claim">
        <strong>{inPercent(kept)}</strong> of the numbers kept:{' '}
        <strong style={{ color: 'var(--diffstride)' }}>
          DiffStride’s error {inPercent(diffstride?.error)}
        </strong>
        , every third pixel’s {inPercent(subsample?.error)}, max pooling’s {inPercent(max?.error)}.
      </p>
      <Problem text={error.value} />
      <div class="three">
        <figure class="original">
          <PictureCanvas picture={rings} label="Rings that grow finer outwards" shownAspect={1} />
          <figcaption>
            <b>The picture</b>, {SIDE}×{SIDE}. The others keep {SIDE / STRIDE}×{SIDE / STRIDE}, and
            are enlarged again in the same way.
          </figcaption>
        </figure>
        <figure style={{ borderColor: poolingColor('subsample') }}>
          <PictureCanvas
            picture={subsample?.picture ?? null}
            label="Rings, after every third pixel was kept: eight more sets of rings appear"
            shownAspect={1}
          />
          <figcaption>
            <b>Every third pixel</b>, as a stride of 3 does. Eight of the nine sets of rings are not
            in the picture.
          </figcaption>
        </figure>
        <figure style={{ borderColor: poolingColor('diffstride') }}>
          <PictureCanvas
            picture={diffstride?.picture ?? null}
            label="Rings, after DiffStride: one set of rings remains, without the finest"
            shownAspect={1}
          />
          <figcaption>
            <b>DiffStride</b>, just as small. What is too fine to show is gone. No false rings
            appear.
          </figcaption>
        </figure>
      </div>
    </div>
  );
}
