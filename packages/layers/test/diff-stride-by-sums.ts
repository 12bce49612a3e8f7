/** The output of DiffStride by its definition, with the unitary scale. */
interface PooledBySums {
  height: number;
  width: number;
  values: number[];
  masks: { rows: number[]; columns: number[] };
  power: number[];
}

/**
 * DiffStride by its definition, as plain sums of complex exponentials in float64. It is an
 * independent oracle for small images. Published row distances are shifted by one, as in the
 * published code.
 */
export function diffStrideBySums(
  x: number[][][],
  strides: [number, number],
  R: number,
  alignment: 'published' | 'symmetric',
): PooledBySums {
  const [H, W, C] = [x.length, x[0]!.length, x[0]![0]!.length];
  const raised = (n: number, s: number) => (n > R ? Math.max(s, n / (n - R)) : s);
  const ramp = (half: number, d: number) => {
    if (R === 0) return d < half ? 1 : 0;
    return Math.min(Math.max((R + half - d) / R, 0), 1);
  };
  const rowDistance = (p: number) => {
    const k = p < H / 2 ? p : p - H; // −H/2 … in FFT order
    if (alignment === 'symmetric') return Math.abs(k);
    if (H % 2 === 0) return k >= 0 ? k : -k - 1;
    // The middle row (k = (H − 1)/2) counts as negative.
    return p < (H - 1) / 2 ? p + 1 : H - 1 - p;
  };
  const a = Math.max(H / raised(H, strides[0]), 2) / 2;
  const b = Math.max(W / raised(W, strides[1]), 2) / 2 + 1;
  const bins = Math.floor(W / 2) + 1;
  const rows = Array.from({ length: H }, (_, p) => ramp(a, rowDistance(p)));
  const columns = Array.from({ length: bins }, (_, l) => ramp(b, l));
  const keptRows = [...rows.keys()].filter((p) => rows[p]! > 0);
  const keptColumns = [...columns.keys()].filter((l) => columns[l]! > 0);
  const h = keptRows.length;
  const w = Math.max(1, 2 * (keptColumns.length - 1));
  const spectrum = (k: number, l: number, c: number) => {
    let [re, im] = [0, 0];
    for (let p = 0; p < H; p++) {
      for (let q = 0; q < W; q++) {
        const angle = -2 * Math.PI * ((k * p) / H + (l * q) / W);
        re += x[p]![q]![c]! * Math.cos(angle);
        im += x[p]![q]![c]! * Math.sin(angle);
      }
    }
    return [re, im] as const;
  };
  const power = new Array<number>(H * bins).fill(0);
  const values = new Array<number>(h * w * C).fill(0);
  for (let c = 0; c < C; c++) {
    const whole = rows.map((_, k) => columns.map((_, l) => spectrum(k, l, c)));
    whole.flat().forEach(([re, im], at) => {
      power[at]! += (re ** 2 + im ** 2) / (H * W) ** 2;
    });
    for (let i = 0; i < h; i++) {
      for (let q = 0; q < w; q++) {
        let sum = 0;
        keptRows.forEach((k, t) => {
          keptColumns.forEach((l) => {
            const copies = l === 0 || 2 * l === w ? 1 : 2;
            const [re, im] = whole[k]![l]!;
            const angle = 2 * Math.PI * ((t * i) / h);
            const across = 2 * Math.PI * ((l * q) / w);
            // After the complex inverse along the height, the real inverse takes the real part.
            const [u, v] = [
              re * Math.cos(angle) - im * Math.sin(angle),
              re * Math.sin(angle) + im * Math.cos(angle),
            ];
            sum += copies * rows[k]! * columns[l]! * (u * Math.cos(across) - v * Math.sin(across));
          });
        });
        values[(i * w + q) * C + c] = sum / Math.sqrt(H * W * h * w);
      }
    }
  }
  return { height: h, width: w, values, masks: { rows, columns }, power };
}
