import { useEffect, useRef } from 'preact/hooks';

interface PlotFigureProps {
  /** A description for screen readers. */
  label: string;
  /** The height of the plot. It is reserved before the plot is there. Default 220. */
  height?: number;
  /** Returns the plot's options, given the library. A new function draws the plot again. */
  draw: ((plot: PlotLibrary) => import('@observablehq/plot').PlotOptions) | null;
}

export type PlotLibrary = typeof import('@observablehq/plot');

/** A plot. The first one loads the library. */
export function PlotFigure({ label, draw, height = 220 }: PlotFigureProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isCurrent = true;
    if (!draw) return;
    import('@observablehq/plot').then((library) => {
      if (!isCurrent || !place.current) return;
      const options = draw(library);
      const figure = library.plot({
        height,
        marginLeft: 46,
        marginBottom: 36,
        style: { background: 'none', overflow: 'visible', fontSize: '12px' },
        ...options,
        // A plot that is shrunk to a phone has letters too small to read.
        width: Math.min(options.width ?? 420, place.current.clientWidth),
      });
      // The figure has the label for screen readers, so its parts must not have one.
      for (const part of figure.querySelectorAll('g[aria-label]'))
        part.removeAttribute('aria-label');
      place.current.replaceChildren(figure);
    });
    return () => {
      isCurrent = false;
    };
  }, [draw, height]);
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
