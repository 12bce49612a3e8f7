import { percent } from './percent.js';

/** A prediction for a shifted input, in a table. It is marked if its class is not `atRest`. */
export function ShiftedCell({
  prediction: { name, probability },
  atRest,
}: {
  prediction: { name: string; probability: number };
  atRest: string;
}) {
  return (
    <td class={name === atRest ? '' : 'changed'}>
      <span class="predicted">{name}</span>
      <br />
      {percent(probability)}
    </td>
  );
}
