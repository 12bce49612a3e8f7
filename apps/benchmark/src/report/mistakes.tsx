import type { Child } from 'hono/jsx';
import type { ClassTestTask, Mistake } from '../class-test/class-test.js';
import { runId } from '../config/run-config.js';
import { scoredExamples, scoredSet } from '../data/held-out.js';
import type { RunResult } from '../run/run-result.js';
import { fullScoreName, scoreOf } from '../statistics/score.js';
import { formatShare } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import { part } from './part.js';

/**
 * The wrong predictions of the highest probability, of the run with the best test: pictures to look
 * at, or sounds to play. Nothing if no run has a test by class.
 */
export function mistakes(runs: RunResult[]): Child {
  const tested = runs.filter(({ classTest }) => classTest);
  const best = tested.toSorted((a, b) => scoreOf(b) - scoreOf(a))[0];
  if (!best) return null;
  return (
    <>
      <h2>The most confident mistakes</h2>
      {part('The mistakes', () => mistakesOf(best, runs.length > 1))}
    </>
  );
}

function mistakesOf(run: RunResult, isOneOfSeveral: boolean): Child {
  const { config, classTest, images } = run;
  const { things, perceived } = wordingOf(config);
  const tasks = classTest!.tasks.filter((task) => wrongOf(task) > 0);
  if (tasks.length === 0) {
    return (
      <p>
        {nameOf(run)} made no mistake on the {images.test} {scoredExamples(config)}.
      </p>
    );
  }
  // Results from a queue have no contents of files.
  if (tasks.every((task) => task.mistakes.length === 0)) {
    return (
      <p>
        The {things} that {nameOf(run)} got wrong are in{' '}
        <code>{`runs/${runId(config)}/test.json`}</code> of the worker that trained it.
      </p>
    );
  }
  return (
    <>
      <p>
        {isOneOfSeveral && `${nameOf(run)} has the best ${fullScoreName(config)}. `}
        These are its wrong predictions with the highest probability. The {things} are as the
        network {perceived} them. Look for wrong labels, and for what they have in common.
      </p>
      {tasks.map((task) => (
        <>
          {tasks.length > 1 && <h3>{task.name}</h3>}
          <div class="cards">{task.mistakes.map((mistake) => card(mistake, task, config))}</div>
        </>
      ))}
    </>
  );
}

/** The number of wrong predictions. Results from a queue have counts, and no mistakes. */
function wrongOf({ confusion, decisions }: ClassTestTask): number {
  if (decisions) {
    return decisions.reduce(
      (sum, { examples, found, falseAlarms }) => sum + examples - found + falseAlarms,
      0,
    );
  }
  const wrong = confusion.filter(([truth, predicted]) => truth !== predicted);
  return wrong.reduce((sum, [, , count]) => sum + count, 0);
}

function nameOf({ config }: RunResult): string {
  return `${config.pooling}, seed ${config.seed},`;
}

function card(mistake: Mistake, { classes }: ClassTestTask, config: RunResult['config']): Child {
  const { truth, predicted, probability, file, example } = mistake;
  // The number and its unit are on one line.
  const share = formatShare(probability).replace(' ', '\u00a0');
  const name = file ?? `${scoredSet(config)} example ${example + 1}`;
  return (
    <figure class="card">
      {previewOf(mistake, name)}
      <figcaption>
        {truth === null ? (
          <>
            is not <strong>{classes[predicted!]}</strong>, but got it ({share})
          </>
        ) : predicted === null ? (
          <>
            <strong>{classes[truth]}</strong> was missed ({share})
          </>
        ) : (
          <>
            <strong>{classes[truth]}</strong> taken for <strong>{classes[predicted]}</strong> (
            {share})
          </>
        )}
        <div class="file">{name}</div>
      </figcaption>
    </figure>
  );
}

function previewOf({ preview }: Mistake, name: string): Child {
  if (preview === null) return null;
  if (preview.startsWith('data:audio/')) {
    // biome-ignore lint/a11y/useMediaCaption: the text below the sound is its caption
    return <audio controls preload="metadata" src={preview} aria-label={name} />;
  }
  return <img src={preview} alt={name} />;
}
