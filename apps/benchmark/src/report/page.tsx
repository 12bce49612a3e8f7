import type { Child } from 'hono/jsx';
import { visibleText } from '../text/visible-text.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2328; --soft: #5c6670; --paper: #fcfcfa; --line: #d9dcde; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e4e7ea; --soft: #9aa4ad; --paper: #14181b; --line: #343b41; }
}
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 780px; margin: 2.5rem auto 5rem; padding: 0 1.2rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 2.6rem 0 .4rem; }
p.note, figcaption { color: var(--soft); font-size: .92rem; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { color: var(--ink); max-width: 100%; height: auto; }
.failed { padding: .6rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
.side-by-side { display: flex; gap: 1.5rem; flex-wrap: wrap; }
.plot { display: block; height: auto; max-width: 100%; min-width: 560px; }
figure svg.natural { max-width: none; }
.plot text, .plot tspan { white-space: pre; }
.plot-swatches, .plot-ramp { font-size: 12px; margin-bottom: .5em; }
.plot-swatches-wrap { display: flex; flex-wrap: wrap; align-items: center; min-height: 33px; }
.plot-swatch { display: inline-flex; align-items: center; margin-right: 1em; }
.plot-swatch svg { margin-right: .5em; overflow: visible; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 1rem; }
.card { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.card img { display: block; width: 120px; max-width: 100%; height: auto;
  border-radius: 4px; margin-bottom: .4rem; }
.card audio { display: block; width: 100%; min-width: 0; margin-bottom: .4rem; }
.card figcaption { line-height: 1.35; }
.card .file { font-size: .8rem; margin-top: .15rem; }
details { margin: .6rem 0; }
summary { cursor: pointer; }
.pixels { image-rendering: pixelated; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .93rem; }
th, td { text-align: left; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); }
td:not(:last-child) { white-space: nowrap; }
td:last-child { min-width: 11rem; }
code { font-size: .9em; }
pre { overflow-x: auto; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; margin: 0; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
`;

/**
 * Content security policy: only inline styles, and pictures and sounds in the page, are allowed.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:";

/**
 * A self-contained page without scripts. It follows the light or dark mode of the system. All text
 * is escaped, and control characters are visible.
 */
export function page(title: string, body: Child): string {
  const html = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <title>{title}</title>
        <style>{STYLE}</style>
      </head>
      <body>{body}</body>
    </html>
  );
  return visibleText(`<!doctype html>\n${html}\n`);
}
