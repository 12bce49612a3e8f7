/** Writes x times `factor` to y. In place if x = y. */
export function scale<T>(x: usize, y: usize, count: usize, factor: T): void {
  const by = v128.splat<T>(factor);
  const end = count * sizeof<T>();
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) v128.store(y + at, v128.mul<T>(by, v128.load(x + at)));
  for (; at < end; at += sizeof<T>()) store<T>(y + at, factor * load<T>(x + at));
}
