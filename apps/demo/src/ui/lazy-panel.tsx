import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** A panel that loads its code when it comes near the viewport. */
export function LazyPanel({ load }: { load: () => Promise<ComponentType> }) {
  const place = useRef<HTMLDivElement>(null);
  const [Panel, setPanel] = useState<ComponentType | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        load().then(
          (loaded) => setPanel(() => loaded),
          (reason) => {
            console.error(reason);
            setError('This part could not be loaded. Connect to the network and reload the page.');
          },
        );
      },
      { rootMargin: '400px' },
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} class="lazy">
      {Panel ? <Panel /> : <p class={error ? 'problem' : 'hint'}>{error ?? 'Loading …'}</p>}
    </div>
  );
}
