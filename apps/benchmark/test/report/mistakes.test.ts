import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { LabelDecisions, Mistake } from '../../src/class-test/class-test.js';
import { runId } from '../../src/config/run-config.js';
import { mistakes } from '../../src/report/mistakes.js';
import { page } from '../../src/report/page.js';
import type { RunResult } from '../../src/run/run-result.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';
import { PNG, testedResult } from '../tested-result.js';

const classes = ['cat', 'dog'];
const matrix = [
  [3, 1],
  [0, 4],
];
const mistake: Mistake = {
  ...{ example: 3, file: 'val/<b>.png', truth: 0, predicted: 1 },
  ...{ probability: 0.934, preview: PNG },
};
const pageOf = (runs: RunResult[]) => page('', mistakes(runs));

describe('mistakes', () => {
  it('shows pictures with class, prediction, probability and file', () => {
    const run = testedResult(runResult('conv', 1, 0), classes, matrix, { mistakes: [mistake] });
    const html = pageOf([run]);
    const { document } = parseHTML(html);
    expect(document.querySelector('.card img')!.getAttribute('src')).toBe(PNG);
    expect(document.querySelector('.card figcaption')!.textContent).toBe(
      'cat taken for dog (93.4\u00a0%)val/<b>.png',
    );
    expect(html).toContain('as the network saw them');
    expect(html).not.toContain('best test accuracy');
  });

  it('plays sounds, which the policy of the page allows', () => {
    const preview = 'data:audio/wav;base64,UklGRg==';
    const run = testedResult(soundResult('conv', 1, 0), classes, matrix, {
      mistakes: [{ ...mistake, preview }],
    });
    const html = pageOf([run]);
    const { document } = parseHTML(html);
    expect(document.querySelector('audio')!.getAttribute('src')).toBe(preview);
    expect(document.querySelector('audio')!.hasAttribute('controls')).toBe(true);
    expect(html).toContain('media-src data:');
    expect(html).toContain('as the network heard them');
  });

  it('are those of the best of several runs', () => {
    const worse = testedResult(runResult('conv', 1, 0), classes, [
      [0, 4],
      [0, 4],
    ]);
    const best = testedResult(runResult('max', 2, 0), classes, matrix, { mistakes: [mistake] });
    expect(pageOf([worse, best])).toContain('max, seed 2, has the best test accuracy.');
  });

  it('says what a network with several labels missed, and where it was wrong', () => {
    const run = testedResult(soundResult('conv', 1, 0), ['rain', 'wind'], [], {
      count: 4,
      decisions: [
        { examples: 2, found: 1, falseAlarms: 0 },
        { examples: 2, found: 2, falseAlarms: 1 },
      ],
      mistakes: [
        { ...mistake, truth: null, predicted: 1, preview: null },
        { ...mistake, truth: 0, predicted: null, preview: null },
      ],
    });
    const texts = [...parseHTML(pageOf([run])).document.querySelectorAll('figcaption')];
    expect(texts[0]!.textContent).toContain('is not wind, but got it (93.4\u00a0%)');
    expect(texts[1]!.textContent).toContain('rain was missed (93.4\u00a0%)');
  });

  it('reports that there is none, or that a worker has them', () => {
    const perfect = testedResult(runResult('conv', 1, 0), classes, [
      [4, 0],
      [0, 4],
    ]);
    expect(pageOf([perfect])).toContain('made no mistake on the 8 test images');
    const sent = testedResult(runResult('conv', 1, 0), classes, matrix);
    expect(pageOf([sent])).toContain(`runs/${runId(sent.config)}/test.json`);
    expect(pageOf([runResult('conv', 1, 0.5)])).toContain('<body></body>');
  });

  it('names the examples of a run that was scored on held-out ones', () => {
    const held = (counts: number[][], more: { mistakes?: Mistake[] } = {}) => {
      const run = testedResult(runResult('conv', 1, 0), classes, counts, more);
      return { ...run, config: { ...run.config, validationImages: 8 } };
    };
    const perfect = held([
      [4, 0],
      [0, 4],
    ]);
    expect(pageOf([perfect])).toContain('made no mistake on the 8 held-out images');
    expect(pageOf([held(matrix, { mistakes: [{ ...mistake, file: null }] })])).toContain(
      'held-out example 4',
    );
  });

  it.each([
    ['a missed label', { examples: 4, found: 3, falseAlarms: 0 }],
    ['a false alarm', { examples: 4, found: 4, falseAlarms: 1 }],
  ])('counts %s where the mistakes of several labels stayed with a worker', (_, decision) => {
    const labels = (...decisions: LabelDecisions[]) =>
      testedResult(soundResult('conv', 1, 0), ['rain', 'wind'], [], { count: 8, decisions });
    const right = { examples: 4, found: 4, falseAlarms: 0 };
    const sent = labels(right, decision);
    expect(pageOf([sent])).toContain(`runs/${runId(sent.config)}/test.json`);
    expect(pageOf([labels(right, right)])).toContain('made no mistake');
  });
});
