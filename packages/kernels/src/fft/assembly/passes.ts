import {
  butterfly2,
  butterfly3,
  butterfly4,
  butterfly5,
  butterfly8,
  FIRST,
  LAST,
  MIDDLE,
  PAIRS,
  PLANAR,
} from './butterflies';
import { oddButterfly } from './odd-butterfly';

// A pass of a mixed-radix FFT in Stockham's autosort form (Cochran et al. 1967), with decimation in
// frequency. Butterfly p reads inputs p + j·groups, and writes outputs p·radix + j.

@inline
function pass2<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  groups: usize,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  w: usize,
): void {
  if (kind === FIRST) {
    // The last vector overlaps the one before it, so that every vector is whole.
    const shift: usize = mode === PAIRS ? 1 : 0;
    const width = groups * sizeof<T>();
    const s = width << shift;
    const last = width - 16;
    for (let at: usize = 0; ; at = min(at + 16, last)) {
      butterfly2<T>(
        FIRST,
        mode,
        xr,
        xi,
        at << shift,
        s,
        yr,
        yi,
        at * 2,
        2 * sizeof<T>(),
        v128.load(w),
        v128.load(w, 16),
      );
      if (at === last) break;
      w += 32;
    }
  } else {
    const zero = v128.splat<T>(0);
    const last = columns * sizeof<T>() - 16;
    const s = groups * runs * from;
    const t = runs * to;
    let x: usize = 0;
    let y: usize = 0;
    for (let p: usize = 0; p < groups; p++) {
      const w1r = kind === LAST ? zero : v128.load_splat<T>(w);
      const w1i = kind === LAST ? zero : v128.load_splat<T>(w, sizeof<T>());
      for (let m: usize = 0; m < runs; m++) {
        for (let at: usize = 0; ; at = min(at + 16, last)) {
          butterfly2<T>(kind, mode, xr, xi, x + at, s, yr, yi, y + at, t, w1r, w1i);
          if (at === last) break;
        }
        x += from;
        y += to;
      }
      y += t;
      w += 2 * sizeof<T>();
    }
  }
}

@inline
function pass3<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  groups: usize,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  w: usize,
): void {
  if (kind === FIRST) {
    // The last vector overlaps the one before it, so that every vector is whole.
    const shift: usize = mode === PAIRS ? 1 : 0;
    const width = groups * sizeof<T>();
    const s = width << shift;
    const last = width - 16;
    for (let at: usize = 0; ; at = min(at + 16, last)) {
      butterfly3<T>(
        FIRST,
        mode,
        xr,
        xi,
        at << shift,
        s,
        yr,
        yi,
        at * 3,
        3 * sizeof<T>(),
        v128.load(w),
        v128.load(w, 16),
        v128.load(w, 32),
        v128.load(w, 48),
      );
      if (at === last) break;
      w += 64;
    }
  } else {
    const zero = v128.splat<T>(0);
    const last = columns * sizeof<T>() - 16;
    const s = groups * runs * from;
    const t = runs * to;
    let x: usize = 0;
    let y: usize = 0;
    for (let p: usize = 0; p < groups; p++) {
      const w1r = kind === LAST ? zero : v128.load_splat<T>(w);
      const w1i = kind === LAST ? zero : v128.load_splat<T>(w, sizeof<T>());
      const w2r = kind === LAST ? zero : v128.load_splat<T>(w, 2 * sizeof<T>());
      const w2i = kind === LAST ? zero : v128.load_splat<T>(w, 3 * sizeof<T>());
      for (let m: usize = 0; m < runs; m++) {
        for (let at: usize = 0; ; at = min(at + 16, last)) {
          butterfly3<T>(kind, mode, xr, xi, x + at, s, yr, yi, y + at, t, w1r, w1i, w2r, w2i);
          if (at === last) break;
        }
        x += from;
        y += to;
      }
      y += 2 * t;
      w += 4 * sizeof<T>();
    }
  }
}

@inline
function pass4<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  groups: usize,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  w: usize,
): void {
  if (kind === FIRST) {
    // The last vector overlaps the one before it, so that every vector is whole.
    const shift: usize = mode === PAIRS ? 1 : 0;
    const width = groups * sizeof<T>();
    const s = width << shift;
    const last = width - 16;
    for (let at: usize = 0; ; at = min(at + 16, last)) {
      butterfly4<T>(
        FIRST,
        mode,
        xr,
        xi,
        at << shift,
        s,
        yr,
        yi,
        at * 4,
        4 * sizeof<T>(),
        v128.load(w),
        v128.load(w, 16),
        v128.load(w, 32),
        v128.load(w, 48),
        v128.load(w, 64),
        v128.load(w, 80),
      );
      if (at === last) break;
      w += 96;
    }
  } else {
    const zero = v128.splat<T>(0);
    const last = columns * sizeof<T>() - 16;
    const s = groups * runs * from;
    const t = runs * to;
    let x: usize = 0;
    let y: usize = 0;
    for (let p: usize = 0; p < groups; p++) {
      const w1r = kind === LAST ? zero : v128.load_splat<T>(w);
      const w1i = kind === LAST ? zero : v128.load_splat<T>(w, sizeof<T>());
      const w2r = kind === LAST ? zero : v128.load_splat<T>(w, 2 * sizeof<T>());
      const w2i = kind === LAST ? zero : v128.load_splat<T>(w, 3 * sizeof<T>());
      const w3r = kind === LAST ? zero : v128.load_splat<T>(w, 4 * sizeof<T>());
      const w3i = kind === LAST ? zero : v128.load_splat<T>(w, 5 * sizeof<T>());
      for (let m: usize = 0; m < runs; m++) {
        for (let at: usize = 0; ; at = min(at + 16, last)) {
          butterfly4<T>(
            kind,
            mode,
            xr,
            xi,
            x + at,
            s,
            yr,
            yi,
            y + at,
            t,
            w1r,
            w1i,
            w2r,
            w2i,
            w3r,
            w3i,
          );
          if (at === last) break;
        }
        x += from;
        y += to;
      }
      y += 3 * t;
      w += 6 * sizeof<T>();
    }
  }
}

@inline
function pass5<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  groups: usize,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  w: usize,
): void {
  if (kind === FIRST) {
    // The last vector overlaps the one before it, so that every vector is whole.
    const shift: usize = mode === PAIRS ? 1 : 0;
    const width = groups * sizeof<T>();
    const s = width << shift;
    const last = width - 16;
    for (let at: usize = 0; ; at = min(at + 16, last)) {
      butterfly5<T>(
        FIRST,
        mode,
        xr,
        xi,
        at << shift,
        s,
        yr,
        yi,
        at * 5,
        5 * sizeof<T>(),
        v128.load(w),
        v128.load(w, 16),
        v128.load(w, 32),
        v128.load(w, 48),
        v128.load(w, 64),
        v128.load(w, 80),
        v128.load(w, 96),
        v128.load(w, 112),
      );
      if (at === last) break;
      w += 128;
    }
  } else {
    const zero = v128.splat<T>(0);
    const last = columns * sizeof<T>() - 16;
    const s = groups * runs * from;
    const t = runs * to;
    let x: usize = 0;
    let y: usize = 0;
    for (let p: usize = 0; p < groups; p++) {
      const w1r = kind === LAST ? zero : v128.load_splat<T>(w);
      const w1i = kind === LAST ? zero : v128.load_splat<T>(w, sizeof<T>());
      const w2r = kind === LAST ? zero : v128.load_splat<T>(w, 2 * sizeof<T>());
      const w2i = kind === LAST ? zero : v128.load_splat<T>(w, 3 * sizeof<T>());
      const w3r = kind === LAST ? zero : v128.load_splat<T>(w, 4 * sizeof<T>());
      const w3i = kind === LAST ? zero : v128.load_splat<T>(w, 5 * sizeof<T>());
      const w4r = kind === LAST ? zero : v128.load_splat<T>(w, 6 * sizeof<T>());
      const w4i = kind === LAST ? zero : v128.load_splat<T>(w, 7 * sizeof<T>());
      for (let m: usize = 0; m < runs; m++) {
        for (let at: usize = 0; ; at = min(at + 16, last)) {
          butterfly5<T>(
            kind,
            mode,
            xr,
            xi,
            x + at,
            s,
            yr,
            yi,
            y + at,
            t,
            w1r,
            w1i,
            w2r,
            w2i,
            w3r,
            w3i,
            w4r,
            w4i,
          );
          if (at === last) break;
        }
        x += from;
        y += to;
      }
      y += 4 * t;
      w += 8 * sizeof<T>();
    }
  }
}

@inline
function pass8<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  groups: usize,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  w: usize,
): void {
  if (kind === FIRST) {
    // The last vector overlaps the one before it, so that every vector is whole.
    const shift: usize = mode === PAIRS ? 1 : 0;
    const width = groups * sizeof<T>();
    const s = width << shift;
    const last = width - 16;
    for (let at: usize = 0; ; at = min(at + 16, last)) {
      butterfly8<T>(
        FIRST,
        mode,
        xr,
        xi,
        at << shift,
        s,
        yr,
        yi,
        at * 8,
        8 * sizeof<T>(),
        v128.load(w),
        v128.load(w, 16),
        v128.load(w, 32),
        v128.load(w, 48),
        v128.load(w, 64),
        v128.load(w, 80),
        v128.load(w, 96),
        v128.load(w, 112),
        v128.load(w, 128),
        v128.load(w, 144),
        v128.load(w, 160),
        v128.load(w, 176),
        v128.load(w, 192),
        v128.load(w, 208),
      );
      if (at === last) break;
      w += 224;
    }
  } else {
    const zero = v128.splat<T>(0);
    const last = columns * sizeof<T>() - 16;
    const s = groups * runs * from;
    const t = runs * to;
    let x: usize = 0;
    let y: usize = 0;
    for (let p: usize = 0; p < groups; p++) {
      const w1r = kind === LAST ? zero : v128.load_splat<T>(w);
      const w1i = kind === LAST ? zero : v128.load_splat<T>(w, sizeof<T>());
      const w2r = kind === LAST ? zero : v128.load_splat<T>(w, 2 * sizeof<T>());
      const w2i = kind === LAST ? zero : v128.load_splat<T>(w, 3 * sizeof<T>());
      const w3r = kind === LAST ? zero : v128.load_splat<T>(w, 4 * sizeof<T>());
      const w3i = kind === LAST ? zero : v128.load_splat<T>(w, 5 * sizeof<T>());
      const w4r = kind === LAST ? zero : v128.load_splat<T>(w, 6 * sizeof<T>());
      const w4i = kind === LAST ? zero : v128.load_splat<T>(w, 7 * sizeof<T>());
      const w5r = kind === LAST ? zero : v128.load_splat<T>(w, 8 * sizeof<T>());
      const w5i = kind === LAST ? zero : v128.load_splat<T>(w, 9 * sizeof<T>());
      const w6r = kind === LAST ? zero : v128.load_splat<T>(w, 10 * sizeof<T>());
      const w6i = kind === LAST ? zero : v128.load_splat<T>(w, 11 * sizeof<T>());
      const w7r = kind === LAST ? zero : v128.load_splat<T>(w, 12 * sizeof<T>());
      const w7i = kind === LAST ? zero : v128.load_splat<T>(w, 13 * sizeof<T>());
      for (let m: usize = 0; m < runs; m++) {
        for (let at: usize = 0; ; at = min(at + 16, last)) {
          butterfly8<T>(
            kind,
            mode,
            xr,
            xi,
            x + at,
            s,
            yr,
            yi,
            y + at,
            t,
            w1r,
            w1i,
            w2r,
            w2i,
            w3r,
            w3i,
            w4r,
            w4i,
            w5r,
            w5i,
            w6r,
            w6i,
            w7r,
            w7i,
          );
          if (at === last) break;
        }
        x += from;
        y += to;
      }
      y += 7 * t;
      w += 14 * sizeof<T>();
    }
  }
}

@inline
function passOdd<T>(
  kind: i32,
  mode: i32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
  groups: usize,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  w: usize,
  radix: usize,
  waves: usize,
): void {
  if (kind === FIRST) {
    // The last vector overlaps the one before it, so that every vector is whole.
    const shift: usize = mode === PAIRS ? 1 : 0;
    const width = groups * sizeof<T>();
    const s = width << shift;
    const last = width - 16;
    for (let at: usize = 0; ; at = min(at + 16, last)) {
      oddButterfly<T>(
        radix,
        waves,
        w,
        FIRST,
        mode,
        xr,
        xi,
        at << shift,
        s,
        yr,
        yi,
        at * radix,
        radix * sizeof<T>(),
      );
      if (at === last) break;
      w += 32 * (radix - 1);
    }
  } else {
    const last = columns * sizeof<T>() - 16;
    const s = groups * runs * from;
    const t = runs * to;
    let x: usize = 0;
    let y: usize = 0;
    for (let p: usize = 0; p < groups; p++) {
      for (let m: usize = 0; m < runs; m++) {
        for (let at: usize = 0; ; at = min(at + 16, last)) {
          oddButterfly<T>(radix, waves, w, kind, mode, xr, xi, x + at, s, yr, yi, y + at, t);
          if (at === last) break;
        }
        x += from;
        y += to;
      }
      y += (radix - 1) * t;
      w += 2 * (radix - 1) * sizeof<T>();
    }
  }
}

/** Runs the first pass over one signal. `mode` is the layout of its input. */
export function firstPass<T>(
  pass: usize,
  mode: i32,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
): void {
  const radix = load<u32>(pass);
  const groups = <usize>load<u32>(pass, 4);
  const w = <usize>load<u32>(pass, 12);
  if (radix === 4) pass4<T>(FIRST, mode, xr, xi, yr, yi, groups, 1, 0, 0, 0, w);
  else if (radix === 8) pass8<T>(FIRST, mode, xr, xi, yr, yi, groups, 1, 0, 0, 0, w);
  else if (radix === 2) pass2<T>(FIRST, mode, xr, xi, yr, yi, groups, 1, 0, 0, 0, w);
  else if (radix === 3) pass3<T>(FIRST, mode, xr, xi, yr, yi, groups, 1, 0, 0, 0, w);
  else if (radix === 5) pass5<T>(FIRST, mode, xr, xi, yr, yi, groups, 1, 0, 0, 0, w);
  else
    passOdd<T>(
      FIRST,
      mode,
      xr,
      xi,
      yr,
      yi,
      groups,
      1,
      0,
      0,
      0,
      w,
      radix,
      <usize>load<u32>(pass, 16),
    );
}

/** Runs a later pass over `columns` signals in a row, whose earlier passes have product `runs`. The
 * bytes from one row to the next are `from` and `to`. */
export function middlePass<T>(
  pass: usize,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
): void {
  const radix = load<u32>(pass);
  const groups = <usize>load<u32>(pass, 4);
  const w = <usize>load<u32>(pass, 12);
  if (radix === 4) pass4<T>(MIDDLE, PLANAR, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 8)
    pass8<T>(MIDDLE, PLANAR, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 2)
    pass2<T>(MIDDLE, PLANAR, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 3)
    pass3<T>(MIDDLE, PLANAR, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 5)
    pass5<T>(MIDDLE, PLANAR, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else
    passOdd<T>(
      MIDDLE,
      PLANAR,
      xr,
      xi,
      yr,
      yi,
      groups,
      runs,
      columns,
      from,
      to,
      w,
      radix,
      <usize>load<u32>(pass, 16),
    );
}

/** Runs the last pass, see {@link middlePass}. `mode` is the layout of its output. */
export function lastPass<T>(
  pass: usize,
  mode: i32,
  runs: usize,
  columns: usize,
  from: usize,
  to: usize,
  xr: usize,
  xi: usize,
  yr: usize,
  yi: usize,
): void {
  const radix = load<u32>(pass);
  const groups = <usize>load<u32>(pass, 4);
  const w = <usize>load<u32>(pass, 12);
  if (radix === 4) pass4<T>(LAST, mode, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 8) pass8<T>(LAST, mode, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 2) pass2<T>(LAST, mode, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 3) pass3<T>(LAST, mode, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else if (radix === 5) pass5<T>(LAST, mode, xr, xi, yr, yi, groups, runs, columns, from, to, w);
  else
    passOdd<T>(
      LAST,
      mode,
      xr,
      xi,
      yr,
      yi,
      groups,
      runs,
      columns,
      from,
      to,
      w,
      radix,
      <usize>load<u32>(pass, 16),
    );
}
