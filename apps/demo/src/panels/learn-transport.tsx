import { all, reset, runs, state } from './learn-runs.js';

/** The buttons that start, pause and reset both runs, and where the runs are. */
export function Transport() {
  const isDone = runs.every(({ now }) => now !== undefined && now.testedAt === now.steps);
  return (
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
  );
}

/** What a screen reader says of the training: that it begins, pauses and ends. */
function announcement(isDone: boolean): string {
  if (state.value === 'idle') return 'Building both networks …';
  if (isDone) return 'The training has finished.';
  if (state.value === 'playing') return 'Both networks train.';
  return runs[0].now?.step ? 'The training is paused.' : 'Both networks are ready.';
}
