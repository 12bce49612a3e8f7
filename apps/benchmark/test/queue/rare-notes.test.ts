import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { rareNotes } from '../../src/queue/rare-notes.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('equal notes are reported once a minute, on one line', () => {
  const notes: string[] = [];
  const note = rareNotes((message) => notes.push(message));
  for (let i = 0; i < 1_000; i++) note('lost\n\u001b[2J');
  note('other');
  expect(notes).toEqual(['lost [2J', 'other']);
  vi.advanceTimersByTime(61_000);
  note('other');
  expect(notes).toEqual(['lost [2J', 'other', 'other']);
});
