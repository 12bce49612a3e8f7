import { expect, it } from 'vitest';
import { Lease, moment } from '../../src/run-folder/lease.js';

it('is held for its time from the moment of the question, seen through the same memory', () => {
  const lease = new Lease();
  expect(lease.isHeld()).toBe(false);
  lease.extend(moment(), 60);
  const other = new Lease(lease.memory);
  expect(other.isHeld()).toBe(true);
  other.requireHeld();
  const { monotonic, wall } = moment();
  lease.extend({ monotonic: monotonic - 61_000_000_000n, wall: wall - 61_000n }, 60);
  expect(other.isHeld()).toBe(false);
});

it('ends when either clock says so: one stands still while the machine sleeps', () => {
  const lease = new Lease();
  const { monotonic, wall } = moment();
  lease.extend({ monotonic, wall: wall - 61_000n }, 60);
  expect(lease.isHeld()).toBe(false);
  lease.extend({ monotonic: monotonic - 61_000_000_000n, wall }, 60);
  expect(lease.isHeld()).toBe(false);
});

it('is over when it is revoked', () => {
  const lease = new Lease();
  lease.extend(moment(), 60);
  lease.revoke();
  expect(() => lease.requireHeld()).toThrow(
    /lock was lost.*--stalled-after.*stops writing to its folder/,
  );
});
