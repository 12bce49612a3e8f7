import { SERIES } from '@ds/palette';
import type { PlotLibrary } from '../ui/plot-figure.js';
import type { Pooled } from '../ui/pool-crew.js';

/** Marks the wider regions along the borders of the picture. */
export function regionLines(rows: number[], columns: number[]) {
  return (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => {
    context.fillStyle = SERIES[2]!;
    const depth = Math.max(2, Math.round(width / 40));
    const isWide = (ends: number[], i: number) =>
      ends[i + 1]! - ends[i]! > ends.at(-1)! / (ends.length - 1);
    for (let i = 0; i < width; i++) if (isWide(columns, i)) context.fillRect(i, 0, 1, depth);
    for (let i = 0; i < height; i++) if (isWide(rows, i)) context.fillRect(0, i, depth, 1);
  };
}

/** Darkens the frequencies removed by the masks, and draws a box around the crop. */
export function maskOverlay({ vertical, horizontal }: Pooled) {
  return (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => {
    const strip = (values: number[], isRow: boolean) => {
      const canvas = new OffscreenCanvas(isRow ? values.length : 1, isRow ? 1 : values.length);
      const image = new ImageData(canvas.width, canvas.height);
      values.forEach((value, i) => {
        const shade = 255 * (0.16 + 0.84 * value);
        image.data.set([shade, shade, shade, 255], 4 * i);
      });
      canvas.getContext('2d')!.putImageData(image, 0, 0);
      return canvas;
    };
    const down = Array.from(
      { length: height },
      (_, i) => vertical[(i - Math.floor(height / 2) + height) % height]!,
    );
    const across = Array.from(
      { length: width },
      (_, i) => horizontal[Math.abs(i - Math.floor(width / 2))] ?? 0,
    );
    context.globalCompositeOperation = 'multiply';
    context.imageSmoothingEnabled = false;
    context.drawImage(strip(down, false), 0, 0, width, height);
    context.drawImage(strip(across, true), 0, 0, width, height);
    context.globalCompositeOperation = 'source-over';
    const edges = (values: number[]) => [
      values.findIndex((v) => v > 0),
      values.findLastIndex((v) => v > 0),
    ];
    const [top, bottom] = edges(down) as [number, number];
    const [left, right] = edges(across) as [number, number];
    context.strokeStyle = '#ffb454';
    context.lineWidth = Math.max(2, width / 200);
    context.setLineDash([width / 50, width / 70]);
    context.strokeRect(left, top, right - left + 1, bottom - top + 1);
  };
}

/** Both masks over frequency. The one across is dashed, since equal masks are one line. */
export function maskCurves({ vertical, horizontal }: Pooled) {
  const height = vertical.length;
  const width = 2 * (horizontal.length - 1);
  const down = Array.from({ length: height }, (_, i) => {
    const k = i - Math.floor(height / 2);
    return { frequency: k / height, mask: vertical[(k + height) % height]!, axis: 'down' };
  });
  const across = Array.from(horizontal, (mask, n) => {
    return { frequency: n / width, mask, axis: 'across' };
  });
  return (plot: PlotLibrary) => ({
    color: { domain: ['down', 'across'], range: SERIES.slice(0, 2), legend: true },
    x: { label: 'frequency (cycles per pixel)', domain: [-0.5, 0.5] },
    y: { label: 'mask', domain: [0, 1], grid: true, ticks: 3 },
    marks: [down, across].map((points, i) =>
      plot.line(corners(points), {
        x: 'frequency',
        y: 'mask',
        stroke: 'axis',
        strokeWidth: 2,
        ...(i > 0 && { strokeDasharray: '6 4' }),
      }),
    ),
  });
}

/** The points where a curve starts, bends and ends. Masks are flat nearly everywhere. */
function corners<Point extends { mask: number }>(points: Point[]): Point[] {
  return points.filter(
    ({ mask }, i) => mask !== points[i - 1]?.mask || mask !== points[i + 1]?.mask,
  );
}
