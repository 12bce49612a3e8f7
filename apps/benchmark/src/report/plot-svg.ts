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
    // Room between a legend of several lines and the axis' label.
    marginTop: 34,
    marginBottom: 44,
    style: { fontSize: '12px', background: 'none', overflow: 'visible' },
    ...options,
    document: document as unknown as Document,
  });
  return figure.outerHTML;
}

/** The scale that gives each pooling its colour; many get theirs from all around the colour circle. */
export function poolingColors(poolings: string[]): Plot.ScaleOptions {
  const isMany = poolings.length > COLORS.length;
  return {
    type: 'categorical',
    domain: poolings,
    ...(isMany ? { scheme: 'rainbow' } : { range: COLORS.slice(0, poolings.length) }),
    legend: true,
  };
}
