/** `row_i ← λ row_i + (1 − λ) row_{i+1}`; the last row is mixed with the first. */
export function mixWithNext(rows: Float32Array, size: number, lambda: number): void {
  const first = rows.slice(0, size);
  for (let i = 0; i < rows.length; i++) {
    const next = i + size < rows.length ? rows[i + size]! : first[i + size - rows.length]!;
    rows[i] = lambda * rows[i]! + (1 - lambda) * next;
  }
}
