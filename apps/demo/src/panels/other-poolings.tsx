import { useMemo } from 'preact/hooks';
import { poolState } from '../state/pool-state.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { regionLines } from './pool-drawings.js';
import { alternatives, aspect, type Compared } from './pooling.js';

/** Descriptions of the other poolings. */
const HINTS: Record<string, string> = {
  strided: 'One pixel of each region, like a strided convolution. Fine detail turns into patterns.',
  max: 'The largest value of each region. Bright areas grow.',
  average: 'The mean of each region. Some fine detail still turns into patterns.',
  blur: 'BlurPool: a binomial filter, then every n-th pixel, for a whole n.',
  'fractional max': 'Maxima of regions of random sizes. Orange marks are the wider ones.',
};

/** The picture pooled by other poolings, with their errors and sizes. */
export function OtherPoolings() {
  return (
    <div>
      <h3>Other poolings, with as many outputs where they can</h3>
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
          <AlternativeFigure key={alternative.name} alternative={alternative} />
        ))}
      </ul>
    </div>
  );
}

function AlternativeFigure({ alternative }: { alternative: Compared }) {
  const { name, picture: shown, error: lost, rows, columns, wanted } = alternative;
  const [size, ofDiffStride] = [`${shown.height}×${shown.width}`, wanted.join('×')];
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
        shownAspect={aspect.value}
      />
      <span>
        {name}, {size}
        {size !== ofDiffStride && <em> instead of {ofDiffStride}</em>}
      </span>
      <span class="hint">
        error {percent(lost, 1)}. {HINTS[name]}
      </span>
    </li>
  );
}
