import { useEffect, useMemo, useRef } from 'preact/hooks';
import { PlotFigure } from '../ui/plot-figure.js';
import { Problem } from '../ui/problem.js';
import { Slider } from '../ui/slider.js';
import { DrawingPad } from './drawing-pad.js';
import { lossPlot, pathPlot } from './learn-plots.js';
import { Probabilities, RunColumn } from './learn-run-column.js';
import {
  all,
  digit,
  error,
  isEqualWork,
  lambda,
  look,
  reset,
  runs,
  seed,
  smoothness,
  state,
  strides,
} from './learn-runs.js';

/** The initial settings of both runs. */
const SLIDERS = [
  {
    label: 'stride 1',
    hint: 'Initial stride of the first pooling, both axes. 3 is poor: it keeps 1/9 of the values.',
    value: strides[0],
    min: 1,
    max: 4,
    step: 0.1,
  },
  {
    label: 'stride 2',
    hint: 'Initial stride of the second pooling.',
    value: strides[1],
    min: 1,
    max: 4,
    step: 0.1,
  },
  {
    label: 'R, smoothness',
    hint: 'Width of the ramp of DiffStride’s masks, in frequency bins.',
    value: smoothness,
    min: 0.5,
    max: 6,
    step: 0.5,
  },
  {
    label: 'λ, price of work',
    hint:
      'Weight of the penalty λ·J on small strides. It pushes the learned strides up, and so the ' +
      'work of the network down.',
    value: lambda,
    min: 0,
    max: 2,
    step: 0.05,
  },
  {
    label: 'seed',
    hint: 'Seed of the weights and of the order of the digits. Equal seeds give equal runs.',
    value: seed,
    min: 1,
    max: 20,
    step: 1,
  },
];

/** Two small networks that learn digits side by side, from the same strides. */
export function LearnPanel() {
  const settings = [
    strides[0].value,
    strides[1].value,
    smoothness.value,
    lambda.value,
    seed.value,
    isEqualWork.value,
    ...runs.map(({ pooling }) => pooling.value),
  ].join();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // Changed settings start a new run.
  useEffect(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => reset({ plays: false }), 150);
  }, [settings]);
  useEffect(() => {
    if (digit.value && state.peek() !== 'idle') for (const run of runs) look(run);
  }, [digit.value]);

  const isDone = runs.every(({ now }) => now !== undefined && now.testedAt === now.steps);
  const histories = runs.map(({ history }) => history.value);
  const loss = useMemo(lossPlot, histories);
  const paths = useMemo(pathPlot, histories);
  return (
    <>
      <Problem text={error.value} />
      <div class="controls">
        {SLIDERS.map((slider) => (
          <Slider key={slider.label} {...slider} />
        ))}
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={isEqualWork.value}
          onChange={(event) => {
            isEqualWork.value = event.currentTarget.checked;
          }}
        />
        Equal work: the right network begins with the strides whose work is nearest to the left’s
      </label>
      <div class="row transport">
        <button
          type="button"
          onClick={() => {
            if (isDone) reset({ plays: true });
            else all(state.value === 'playing' ? 'pause' : 'play');
          }}
          disabled={state.value === 'idle'}
        >
          {isDone ? 'Run again' : state.value === 'playing' ? 'Pause' : 'Start'}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => all('step')}
          disabled={state.value !== 'paused' || isDone}
        >
          One step
        </button>
        <button type="button" class="plain" onClick={() => reset({ plays: false })}>
          Reset
        </button>
        <span class="hint" data-testid="learn-status">
          {state.value === 'idle'
            ? 'Building both networks …'
            : `${isDone ? 'Finished: ' : ''}step ${runs[0].now?.step ?? 0} of ${runs[0].now?.steps ?? 0}`}
        </span>
        {/* A screen reader does not count the steps. */}
        <span class="visually-hidden" role="status" data-testid="learn-announcement">
          {announcement(isDone)}
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
            Running mean of the loss on the training digits, and accuracy on the test digits
            (dashed, after each epoch).
          </figcaption>
        </figure>
        <figure>
          <PlotFigure label="Paths of the strides down and across" draw={paths} height={260} />
          <figcaption>
            Paths of the strides S<sub>w</sub> across and S<sub>h</sub> down, one path for each
            pooling. The ring marks the start.
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
          <h3>Predictions for it</h3>
          {runs.map((run) => (
            <Probabilities key={run.name} run={run} />
          ))}
        </div>
      </div>
    </>
  );
}

/** What a screen reader says of the training: that it begins, pauses and ends. */
function announcement(isDone: boolean): string {
  if (state.value === 'idle') return 'Building both networks …';
  if (isDone) return 'The training has finished.';
  if (state.value === 'playing') return 'Both networks train.';
  return runs[0].now?.step ? 'The training rests.' : 'Both networks are ready.';
}
