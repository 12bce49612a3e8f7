import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';

interface SliderProps {
  label: string;
  /** A tooltip. */
  hint: string;
  value: Signal<number>;
  min: number;
  max: number;
  step: number;
  unit?: string;
}

/** A labelled slider with its value. */
export function Slider({ label, hint, value, min, max, step, unit = '' }: SliderProps) {
  const id = useId();
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  return (
    <div class="slider">
      <label for={id} title={hint}>
        {label}
      </label>
      <output for={id}>
        {value.value.toFixed(digits)}
        {unit}
      </output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value.value}
        title={hint}
        onInput={(event) => {
          value.value = Number(event.currentTarget.value);
        }}
      />
    </div>
  );
}
