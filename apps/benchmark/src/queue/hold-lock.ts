import type { Job } from 'bullmq';
import { Lease, moment } from '../run-folder/lease.js';

/** Renewals within the lifetime of the lock. */
const RENEWALS = 4;

/**
 * Renews a job's lock, and maintains a lease that ends before the lock. BullMQ renews the lock too,
 * but does not report when.
 */
export async function holdLock(
  job: Job,
  token: string,
  seconds: number,
  onLost: () => void,
): Promise<{ lease: Lease; release: () => void }> {
  const lease = new Lease();
  const renew = async () => {
    // Measured before the request, so that the lease ends before the lock.
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
    // Renewals fail while the server is away, and the lease expires in time.
    () => void renew().catch(() => {}),
    (1000 * seconds) / RENEWALS,
  );
  return { lease, release: () => clearInterval(timer) };
}
