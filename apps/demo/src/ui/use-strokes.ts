import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';

/** The pen of a canvas. */
export interface Pen {
  color: string;
  /** In pixels of the canvas. */
  width: number;
}

/** What happens while the pen draws. */
export interface StrokeEvents {
  /** Called after each part of a stroke. */
  onMove?: () => void;
  /** Called after a stroke. */
  onEnd?: () => void;
}

/** The handlers by which finger, pen or mouse draw on a square canvas of `side` pixels. */
export function useStrokes(
  canvas: RefObject<HTMLCanvasElement | null>,
  side: number,
  { color, width }: Pen,
  { onMove, onEnd }: StrokeEvents,
) {
  const last = useRef<[number, number] | null>(null);
  const placeOf = (event: PointerEvent): [number, number] => {
    const box = canvas.current!.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * side) / box.width,
      ((event.clientY - box.top) * side) / box.height,
    ];
  };
  const draw = (event: PointerEvent) => {
    if (!last.current) return;
    const to = placeOf(event);
    const context = canvas.current!.getContext('2d')!;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(...last.current);
    context.lineTo(...to);
    context.stroke();
    last.current = to;
    onMove?.();
  };
  const end = () => {
    if (!last.current) return;
    last.current = null;
    onEnd?.();
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      canvas.current!.setPointerCapture(event.pointerId);
      last.current = placeOf(event);
      draw(event);
    },
    onPointerMove: draw,
    onPointerUp: end,
    onPointerCancel: end,
  };
}
