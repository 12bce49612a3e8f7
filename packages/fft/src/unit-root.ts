/**
 * e^{−2πi k/n} to about the last bit, for integers 0 ≤ k < n. The angle is first reduced exactly to
 * one eighth of the circle. Cosine and sine are taken there.
 */
export function unitRoot(k: number, n: number): [number, number] {
  // In eighths of the circle: 8k/n = octant + rest/n.
  const octant = Math.floor((8 * k) / n);
  const rest = 8 * k - octant * n;
  const angle = (part: number) => (Math.PI / 4) * (part / n);
  // In odd octants, the angle is measured from the far end.
  const near = octant % 2 === 0 ? rest : n - rest;
  const [c, s] = [Math.cos(angle(near)), Math.sin(angle(near))];
  switch (octant) {
    case 0:
      return [c, -s];
    case 1:
      return [s, -c];
    case 2:
      return [-s, -c];
    case 3:
      return [-c, -s];
    case 4:
      return [-c, s];
    case 5:
      return [-s, c];
    case 6:
      return [s, c];
    default:
      return [c, s];
  }
}
