import * as palette from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { type Child, jsx } from 'hono/jsx';
// The bundle of the same code, which loads in a third of the time.
import { parseHTML } from 'linkedom/worker';

/** Draws a plot as SVG or, with a legend, as a figure of HTML. Needs no browser. */
export function plotDrawing(options: Plot.PlotOptions): Child {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({
    width: 720,
    marginLeft: 56,
    // Room between a legend of several lines and the axis' label.
    marginTop: 34,
    marginBottom: 44,
    // The page defines the styles of this class.
    className: 'plot',
    style: { fontSize: '12px', background: 'none', overflow: 'visible' },
    ...options,
    document: document as unknown as Document,
  });
  return drawn(figure);
}

const ELEMENT = 1;

/**
 * Converts a DOM node from Plot to a node that the page renders and escapes. Plot's inline styles
 * are removed.
 */
function drawn(node: Node): Child {
  if (node.nodeType !== ELEMENT) return node.textContent;
  const { localName, attributes, childNodes } = node as Element;
  if (localName === 'style') return null;
  const properties = Object.fromEntries(
    Array.from(attributes, ({ name, value }) => [name, value] as const),
  );
  // ARIA allows a label on a group only if the group has a role.
  if (localName === 'g' && 'aria-label' in properties) properties.role = 'group';
  return jsx(localName, properties, ...Array.from(childNodes, drawn));
}

/** The colour scale of poolings. A pooling has the same colour in every figure. */
export function poolingColors(poolings: string[]): Plot.ScaleOptions {
  return colorScale(poolings, palette.poolingColors(poolings));
}

/** The colour scale of series that are not poolings. */
export function seriesColors(names: string[]): Plot.ScaleOptions {
  return colorScale(names, palette.seriesColors(names.length));
}

function colorScale(domain: string[], range: string[]): Plot.ScaleOptions {
  return { type: 'categorical', domain, range, legend: true };
}
