import { loadWeights } from '@ds/weights';
import { except, type Kind, options, text } from './kinds.js';
import type { Table } from './trial.js';

const NAME = 'cifar10-resnet18-conv';
const unknown: Kind = [
  ...text(),
  { what: 'a misspelt one', make: () => 'cifar10-resnet18-com', names: [NAME] },
  { what: 'of every object', make: () => 'toString' },
];
const address: Kind = [
  ...except(text(), 'undefined'),
  { what: 'a missing folder', make: () => '/nowhere', names: ['/nowhere'] },
];

/** The calls of `@ds/weights`. */
export const weightsTables: Record<string, Table> = {
  '@ds/weights': {
    cards: [],
    loadWeights: [
      {
        as: 'loadWeights',
        call: async (name: typeof NAME, chosen: never) =>
          (await loadWeights(name, chosen)).model.dispose(),
        good: () => [NAME],
        args: { name: unknown, options: options({ baseUrl: address }) },
      },
    ],
  },
};
