import type { Job } from 'bullmq';
import { Lease, moment } from '../run-folder/lease.js';

/** Renewals of a lock in the time for which one renewal holds. */
const RENEWALS = 4;

/**
 * Renews a job's lock, and keeps a lease that says how long the lock is certainly held. BullMQ
 * renews the lock too, but does not say when.
 */
export async function holdLock(
  job: Job,
  token: string,
  seconds: number,
  onLost: () => void,
): Promise<{ lease: Lease; release: () => void }> {
  const lease = new Lease();
  const renew = async () => {
    // Taken before the request, so that the lease ends before the lock does.
    const asked = moment();
    if ((await job.extendLock(token, 1000 * seconds)) === 1) {
      lease.extend(asked, seconds);
      return;
    }
    lease.revoke();
    onLost();
  };
  await renew();
  const timer = setInterval(
    // While the server is away nothing is renewed, and the lease runs out in time.
    () => void renew().catch(() => {}),
    (1000 * seconds) / RENEWALS,
  );
  return { lease, release: () => clearInterval(timer) };
}
