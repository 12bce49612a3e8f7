import { useEffect, useMemo, useRef } from 'preact/hooks';
import { PlotFigure } from '../ui/plot-figure.js';
import { Problem } from '../ui/problem.js';
import { Slider } from '../ui/slider.js';
import { DrawingPad } from './drawing-pad.js';
import { lossPlot, pathPlot } from './learn-plots.js';
import { Probabilities, RunColumn } from './learn-run-column.js';
import {
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
import { Transport } from './learn-transport.js';

/** The initial settings of both runs. */
const SLIDERS = [
  {
    label: 'Stride of pooling 1',
    hint: 'Initial stride of the first pooling, both axes. 3 is poor: it keeps 1/9 of the values.',
    value: strides[0],
    min: 1,
    max: 4,
    step: 0.1,
  },
  {
    label: 'Stride of pooling 2',
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
  useResetOnSettings();
  useLookAtDigit();
  return (
    <>
      <Problem text={error.value} />
      <div class="controls">
        {SLIDERS.map((slider) => (
          <Slider key={slider.label} {...slider} />
        ))}
      </div>
      <EqualWork />
      <Transport />
      <div class="pair">
        {runs.map((run) => (
          <RunColumn key={run.name} run={run} />
        ))}
      </div>
      <LearningPlots />
      <DigitPredictions />
    </>
  );
}

/** Changed settings start a new run. */
function useResetOnSettings(): void {
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
  useEffect(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => reset({ plays: false }), 150);
  }, [settings]);
}

/** Both networks classify each new digit. */
function useLookAtDigit(): void {
  useEffect(() => {
    if (digit.value && state.peek() !== 'idle') for (const run of runs) look(run);
  }, [digit.value]);
}

/** Lets the right run begin with the work of the left one. */
function EqualWork() {
  return (
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
  );
}

/** The losses of both runs over the steps, and the paths of their strides. */
function LearningPlots() {
  const histories = runs.map(({ history }) => history.value);
  const loss = useMemo(lossPlot, histories);
  const paths = useMemo(pathPlot, histories);
  return (
    <div class="pair">
      <figure>
        <PlotFigure label="Training loss and test accuracy of both runs over steps" draw={loss} />
        <figcaption>
          Running mean of the loss on the training digits, and share of the test digits that are
          right (dashed, after each epoch).
        </figcaption>
      </figure>
      <figure>
        <PlotFigure label="Paths of the strides down and across" draw={paths} height={260} />
        <figcaption>
          Paths of the strides S<sub>w</sub> across and S<sub>h</sub> down, one path for each
          pooling. The rings mark the starts.
        </figcaption>
      </figure>
    </div>
  );
}

/** A digit to draw, and what both networks predict for it. */
function DigitPredictions() {
  return (
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
  );
}
