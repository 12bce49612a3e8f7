import type { Child } from 'hono/jsx';

/**
 * A part of a report. If it cannot be made, its name and the reason appear instead. The other parts
 * are not affected.
 */
export function part(name: string, make: () => Child): Child {
  try {
    return make();
  } catch (error) {
    return (
      <p class="failed">
        <strong>{name}</strong>: this part could not be made (
        {error instanceof Error ? error.message : String(error)}). The other parts do not depend on
        it.
      </p>
    );
  }
}

/** A drawing with heading and caption. If it cannot be drawn, the reason appears instead. */
export function figure(title: string, draw: () => Child, caption: string | (() => string)): Child {
  return (
    <>
      <h2>{title}</h2>
      {part(title, () => (
        <figure>
          {draw()}
          <figcaption>{typeof caption === 'string' ? caption : caption()}</figcaption>
        </figure>
      ))}
    </>
  );
}
