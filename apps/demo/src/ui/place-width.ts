import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The width of an element, in CSS pixels. It follows the element with the next frame. */
export function usePlaceWidth(place: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      setWidth(place.current?.clientWidth ?? 0);
    };
    const observer = new ResizeObserver(() => {
      frame ||= requestAnimationFrame(measure);
    });
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, []);
  return width;
}
