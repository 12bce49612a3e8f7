import { useEffect, useRef } from 'preact/hooks';
import type { Picture } from '../workers/image-bytes.js';

interface PictureCanvasProps {
  picture: Picture | null;
  /** For those who do not see it. */
  label: string;
  /** Drawn over the picture, in its pixels. */
  overlay?: (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void;
  /** CSS width; by default all there is. */
  shownWidth?: number;
  /** Width over height at which it is shown; by default its own. */
  shownAspect?: number;
}

/** A picture, drawn anew whenever it or what is over it changes. */
export function PictureCanvas({
  picture,
  label,
  overlay,
  shownWidth,
  shownAspect,
}: PictureCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!picture || !canvas.current) return;
    const { width, height, data } = picture;
    const drawn = new OffscreenCanvas(width, height);
    const context = drawn.getContext('2d')!;
    context.putImageData(new ImageData(data, width, height), 0, 0);
    overlay?.(context, width, height);
    if (canvas.current.width !== width) canvas.current.width = width;
    if (canvas.current.height !== height) canvas.current.height = height;
    // A bitmap is handed over whole; without a GPU, other canvases are copied for every frame of the page.
    canvas.current
      .getContext('bitmaprenderer')!
      .transferFromImageBitmap(drawn.transferToImageBitmap());
  }, [picture, overlay]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      class="pixelated"
      style={{
        ...(shownWidth !== undefined && { width: `${shownWidth}px` }),
        ...(picture && { aspectRatio: `${shownAspect ?? picture.width / picture.height}` }),
      }}
    />
  );
}
