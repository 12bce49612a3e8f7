import { useEffect, useRef } from 'preact/hooks';
import type { Picture } from '../workers/image-bytes.js';
import { usePlaceWidth } from './place-width.js';

interface PictureCanvasProps {
  picture: Picture | null;
  /** A description for screen readers. */
  label: string;
  /** Drawn over the picture, in its pixels. */
  overlay?: (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void;
  /** CSS width. Default: the whole width of the container. */
  shownWidth?: number;
  /** Width over height on the page. Default: the picture's own. */
  shownAspect?: number;
}

/** From this enlargement on, pixels are shown as squares. Below, squares would differ in size. */
const SQUARES_FROM = 3;

/** A picture, drawn again when it or its overlay changes. */
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
    // A bitmap is transferred. Without a GPU, the browser copies other canvases for each frame.
    canvas.current
      .getContext('bitmaprenderer')!
      .transferFromImageBitmap(drawn.transferToImageBitmap());
  }, [picture, overlay, shownWidth]);
  const onPage = usePlaceWidth(canvas);
  const isPixelated = picture !== null && onPage / picture.width >= SQUARES_FROM;
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      class={isPixelated ? 'pixelated' : ''}
      style={{
        ...(shownWidth !== undefined && { width: `${shownWidth}px` }),
        ...(picture && { aspectRatio: `${shownAspect ?? picture.width / picture.height}` }),
      }}
    />
  );
}
