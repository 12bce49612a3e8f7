import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Help } from './help.js';

interface SliderProps {
  label: ComponentChildren;
  /** What the setting means. A button shows it. */
  hint: string;
  value: Signal<number>;
  min: number;
  max: number;
  step: number;
}

/** A labelled slider with its value and an explanation. */
export function Slider({ label, hint, value, min, max, step }: SliderProps) {
  const id = useId();
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <Help id={`${id}-help`}>{hint}</Help>
      <output for={id}>{value.value.toFixed(digits)}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value.value}
        aria-describedby={`${id}-help`}
        onInput={(event) => {
          value.value = Number(event.currentTarget.value);
        }}
      />
    </div>
  );
}
