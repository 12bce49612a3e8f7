/**
 * The integer stride along one axis that leaves the map nearest to a size n:
 *
 *     s = argmin max(m/n, n/m),  m = ⌈N/s⌉,  1 ≤ s ≤ N
 *
 * A map of twice the size is as far as one of half the size. Of equal distances, the smallest
 * stride wins.
 *
 * This is not round(S) of a learned stride S. A mask of smoothness R keeps n ≈ N/S + 2R
 * frequencies, so the pooling reduces an axis by N/n, which is less than S. N is the size in the
 * rounded network, and n the size in the learned one, so what one layer gains or loses does not add
 * up over the next ones.
 *
 * @param size N, in pixels.
 * @param wanted n, in pixels.
 */
export function nearestStride(size: number, wanted: number): number {
  const distance = (stride: number) => {
    const left = Math.ceil(size / stride);
    return Math.max(left / wanted, wanted / left);
  };
  let nearest = 1;
  for (let stride = 2; stride <= size; stride++) {
    if (distance(stride) < distance(nearest)) nearest = stride;
  }
  return nearest;
}
