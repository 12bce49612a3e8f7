import { useEffect, useRef } from 'preact/hooks';
import { usePlaceWidth } from './place-width.js';

interface PlotFigureProps {
  /** A description for screen readers. */
  label: string;
  /** The height of the plot. It is reserved before the plot is there. Default 220. */
  height?: number;
  /** Returns the plot's options, given the library. A new function draws the plot again. */
  draw: ((plot: PlotLibrary) => import('@observablehq/plot').PlotOptions) | null;
}

export type PlotLibrary = typeof import('@observablehq/plot');

/** After a drawing, the page has this many times as long for other things, such as its buttons. */
const REST = 4;

/**
 * A plot, drawn again at each new width of its place. The first one loads the library. If it
 * changes fast, not every change is drawn.
 */
export function PlotFigure({ label, draw, height = 220 }: PlotFigureProps) {
  const place = useRef<HTMLDivElement>(null);
  const wanted = useRef(draw);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** When the next drawing may begin. */
  const next = useRef(0);
  const width = usePlaceWidth(place);
  useEffect(() => {
    wanted.current = draw;
    if (!draw || width === 0 || timer.current !== undefined) return;
    timer.current = setTimeout(
      async () => {
        const library = await import('@observablehq/plot').finally(() => {
          // Also if it did not load, so that the next change tries again.
          timer.current = undefined;
        });
        if (!place.current || !wanted.current) return;
        const start = performance.now();
        const options = wanted.current(library);
        const figure = library.plot({
          height,
          marginLeft: 46,
          marginBottom: 36,
          style: { background: 'none', overflow: 'visible', fontSize: '12px' },
          ...options,
          // A plot that is shrunk to a phone has letters too small to read.
          width: Math.min(options.width ?? 560, place.current.clientWidth),
        });
        // The figure has the label for screen readers, so its parts must not have one.
        for (const part of figure.querySelectorAll('g[aria-label]'))
          part.removeAttribute('aria-label');
        place.current.replaceChildren(figure);
        const end = performance.now();
        next.current = end + REST * (end - start);
      },
      Math.max(0, next.current - performance.now()),
    );
  }, [draw, height, width]);
  return (
    <div
      ref={place}
      class="plot"
      role="img"
      aria-label={label}
      style={{ minHeight: `min(${height}px, 55vw)` }}
    />
  );
}
