import { useRef } from 'preact/hooks';
import { PICTURES } from '../state/pool-state.js';
import { pageFile } from './page-file.js';

interface PictureThumbsProps {
  /** The chosen picture of the page, or any other name. */
  chosen: string;
  /** The name of a picture's button for screen readers. Default: its caption. */
  labelOf?: (caption: string) => string;
  onChoose: (name: string) => void;
}

/** A button with a small image for each picture of the page. */
export function PictureThumbs({ chosen, labelOf, onChoose }: PictureThumbsProps) {
  return (
    <>
      {PICTURES.map(([name, caption]) => (
        <button
          key={name}
          type="button"
          class="thumb"
          aria-label={labelOf?.(caption)}
          aria-pressed={chosen === name}
          onClick={() => onChoose(name)}
        >
          <img src={`./pictures/${name}.webp`} alt="" width="56" height="56" class={name} />
          <span>{caption}</span>
        </button>
      ))}
    </>
  );
}

interface PictureFileProps {
  caption: string;
  /** The name of the button for screen readers. */
  label: string;
  onFile: (file: File | undefined) => void;
}

/** A button that asks for a picture file. */
export function PictureFile({ caption, label, onFile }: PictureFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="plain" aria-label={label} onClick={() => input.current?.click()}>
        {caption}
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        // Its button opens it.
        tabIndex={-1}
        aria-hidden="true"
        class="visually-hidden"
        onChange={(event) => {
          onFile(event.currentTarget.files?.[0]);
          // The same file can be chosen again.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}

/** The file of a picture of the page. */
export function pagePicture(name: string): Promise<Blob> {
  return pageFile(`./pictures/${name}.webp`, 'The picture');
}
