import type { SizeRow } from '@ds/models';
import type { ArchitectureResult } from './learn-architecture.js';

/** One learned size, before and after. */
export interface ArchitectureRow {
  layer: string;
  kind: SizeRow['kind'];
  initial: string;
  final: string;
  kept: string;
}

/** The learned sizes of the blocks that run, in network order. */
export function rowsOf({ initialSizes, steps }: ArchitectureResult): ArchitectureRow[] {
  const last = steps.at(-1)?.sizes ?? initialSizes;
  return last.flatMap(({ layer, kind, sizes, kept }, at) =>
    doesRun(layer, last)
      ? [
          {
            layer,
            kind,
            initial: shown(initialSizes[at]!.sizes),
            final: shown(sizes),
            kept: kind === 'strides' ? '' : kept.join('×'),
          },
        ]
      : [],
  );
}

/** Whether a layer is in no block, or in one that its depth keeps. */
export function doesRun(layer: string, sizes: SizeRow[]): boolean {
  const depth = sizes.find(({ kind, layer: holder }) => {
    return kind === 'depth' && layer.startsWith(`${holder}/`);
  });
  const block = /block(\d+)/.exec(layer);
  return !depth || !block || Number(block[1]) < depth.kept[0]!;
}

function shown(sizes: number[]): string {
  return sizes.map((size) => size.toFixed(1)).join('×');
}
