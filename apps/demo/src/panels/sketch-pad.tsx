import { useEffect, useRef, useState } from 'preact/hooks';
import { useStrokes } from '../ui/use-strokes.js';

/** Side of the canvas in pixels. */
const PAD = 256;

const PENS = [
  ['#2b6cb0', 'Blue'],
  ['#8fb7de', 'Sky'],
  ['#3f7d3a', 'Green'],
  ['#8a5a2b', 'Brown'],
  ['#c0392b', 'Red'],
  ['#222222', 'Black'],
  ['#ffffff', 'White'],
] as const;

const WIDTHS = [
  [6, 'Thin'],
  [22, 'Thick'],
] as const;

/** A sheet of paper with coloured pens. Each finished stroke gives the picture. */
export function SketchPad({ onDrawn }: { onDrawn: (picture: Blob) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pen, setPen] = useState<string>(PENS[0][0]);
  const [width, setWidth] = useState<number>(WIDTHS[1][0]);

  const clear = () => {
    const context = canvas.current!.getContext('2d')!;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, PAD, PAD);
  };
  useEffect(clear, []);
  const strokes = useStrokes(
    canvas,
    PAD,
    { color: pen, width },
    { onEnd: () => canvas.current!.toBlob((picture) => picture && onDrawn(picture)) },
  );
  return (
    <div class="sketch">
      <canvas
        ref={canvas}
        width={PAD}
        height={PAD}
        role="img"
        aria-label="A sheet to draw on"
        {...strokes}
      />
      <div class="row">
        {PENS.map(([color, name]) => (
          <button
            key={color}
            type="button"
            class="pen"
            style={{ background: color }}
            aria-label={name}
            aria-pressed={pen === color}
            onClick={() => setPen(color)}
          />
        ))}
        {WIDTHS.map(([size, name]) => (
          <button
            key={name}
            type="button"
            class="plain"
            aria-pressed={width === size}
            onClick={() => setWidth(size)}
          >
            {name}
          </button>
        ))}
        <button type="button" class="plain" onClick={clear}>
          Clear
        </button>
      </div>
    </div>
  );
}
