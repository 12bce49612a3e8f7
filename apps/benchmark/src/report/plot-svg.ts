import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** One colour a pooling, the same in every figure; both legible on white and on near-black. */
export const COLORS = ['#d1603d', '#8a7cc8', '#1b9e94', '#c79a2b', '#4f86c6', '#b0578d', '#6b8f3a'];

/** Renders a plot to SVG or, with a legend, to a figure of HTML. Needs no browser. */
export function plotSvg(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({
    width: 720,
    marginLeft: 56,
    marginBottom: 44,
    style: { fontSize: '12px', background: 'none', overflow: 'visible' },
    ...options,
    document: document as unknown as Document,
  });
  return figure.outerHTML;
}

/** The scale that gives each pooling its colour. */
export function poolingColors(poolings: string[]): Plot.ScaleOptions {
  return {
    domain: poolings,
    range: poolings.map((_, i) => COLORS[i % COLORS.length]!),
    legend: true,
  };
}
