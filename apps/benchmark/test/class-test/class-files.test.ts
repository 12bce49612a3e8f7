import { expect, it } from 'vitest';
import { classFiles } from '../../src/class-test/class-files.js';
import { runId } from '../../src/config/run-config.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

it('has a row for each class, and one for each pair that occurs, of each run', () => {
  const run = testedResult(
    runResult('conv', 2, 0),
    ['cat', 'a "dog", wet'],
    [
      [3, 1],
      [0, 4],
    ],
  );
  const start = `${runId(run.config)},conv,2,class`;
  expect(classFiles([run, runResult('max', 1, 0.5)])).toEqual({
    'classes.csv':
      'run,pooling,seed,task,class,examples,right,predicted,accuracy\n' +
      `${start},cat,4,3,3,75\n${start},"a ""dog"", wet",4,4,5,100\n`,
    'confusion.csv':
      'run,pooling,seed,task,true,predicted,count\n' +
      `${start},cat,cat,3\n${start},cat,"a ""dog"", wet",1\n` +
      `${start},"a ""dog"", wet","a ""dog"", wet",4\n`,
  });
});

it('has no confusion of labels, and no files for runs of earlier versions', () => {
  const decisions = [{ examples: 4, found: 1, falseAlarms: 2 }];
  const run = testedResult(runResult('conv', 1, 0), ['rain'], [], { count: 9, decisions });
  const files = classFiles([run]);
  expect(Object.keys(files)).toEqual(['classes.csv']);
  expect(files['classes.csv']).toContain('rain,4,1,3,25\n');
  expect(classFiles([runResult('conv', 1, 0.5)])).toEqual({});
});
