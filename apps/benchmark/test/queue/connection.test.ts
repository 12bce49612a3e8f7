import { describe, expect, it } from 'vitest';
import { queueUrl } from '../../src/queue/queue-url.js';

describe('queueUrl', () => {
  it.each([
    'redis://host',
    'redis://host:1/',
    'redis://user:word@host:6379/15',
    'rediss://:word@host?db=3',
  ])('accepts %s', (url) => expect(queueUrl(url)).toBe(url));

  it.each([
    'redis://host/x',
    'redis://host/-1',
    'redis://host/1.5',
    'redis://host/1/2',
    'redis://host?db=x',
  ])('rejects %s, whose database is not a number', (url) =>
    expect(() => queueUrl(url)).toThrow('must have the number of a database'),
  );
});
