import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface HelpProps {
  /** The id of the text. What it explains refers to it by `aria-describedby`. */
  id: string;
  children: ComponentChildren;
}

/** A button with a question mark that shows a text. Screen readers always know the text. */
export function Help({ id, children }: HelpProps) {
  const [isShown, setShown] = useState(false);
  return (
    <>
      <button
        type="button"
        class="help"
        aria-label="Explain"
        aria-expanded={isShown}
        aria-controls={id}
        aria-describedby={id}
        onClick={() => setShown(!isShown)}
      >
        ?
      </button>
      <p id={id} class="hint explanation" hidden={!isShown}>
        {children}
      </p>
    </>
  );
}
