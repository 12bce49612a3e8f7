import type { Command } from 'commander';

/** How the command line is called in a clone of this repository. */
const CALL = 'npx ds-benchmark';

/**
 * The examples at the end of each command's help, and of the whole one (''). A test parses them.
 */
export const EXAMPLES: Record<string, string[]> = {
  '': ['compare', 'train --pooling diffstride --preset smoke', 'list'],
  train: [
    'train --pooling diffstride --lambda 0.1',
    'train --dataset imagefolder --data my-pictures',
    'train --config blur.yaml --seed 2 --resume',
  ],
  compare: [
    'compare',
    'compare --poolings conv,blur --seeds 3 --output runs/blur',
    'compare --poolings all --preset smoke --jobs 1',
  ],
  table: [
    'table cifar10',
    'table cifar100 --data cifar-100-binary --seeds 2',
    'table audio --data recordings --layout folder',
  ],
  tradeoff: [
    'tradeoff --lambdas 0.1,1,10 --seeds 2',
    'tradeoff --points spectral --points-from 2,2,2 3,2,3',
  ],
  shift: ['shift', 'shift --poolings aps,lps,tips --border circular'],
  search: ['search', 'search --budget 4 --largest 2'],
  architecture: ['architecture --budget 5e6', 'architecture --images 1000 --epochs 1 --json'],
  truncate: ['truncate', 'truncate --image holiday.jpg --size 512'],
  regions: ['regions', 'regions --ratio 1.5 --times 4 --image holiday.jpg'],
  sweep: [
    'sweep apps/benchmark/examples/lambda-and-width.yaml',
    'sweep widths.yaml --plan --workers 1,10',
    'sweep widths.yaml --queue redis://server:6379',
  ],
  worker: [
    'worker --queue redis://server:6379 --output /shared/runs',
    'worker --queue redis://server:6379 --jobs 2',
  ],
  'queue status': ['queue --queue redis://server:6379', 'queue --json --queue redis://server:6379'],
  'queue cancel': [
    'queue cancel --queue redis://server:6379',
    'queue cancel 0f3c5d7a9b1e --queue redis://server:6379',
  ],
  'queue clean': [
    'queue clean --queue redis://server:6379',
    'queue clean --all --queue redis://server:6379',
  ],
  list: ['list', 'list runs/compare', 'list --json'],
  report: [
    'report runs/compare',
    'report runs/compare runs/train --output runs/all',
    'report runs/compare/runs/* --json',
  ],
  reproduce: [
    'reproduce 60-tradeoff-medium --poolings conv',
    'reproduce docs/results/50-shift-quick.json --poolings blur',
  ],
  classify: [
    'classify photo.jpg --run runs/train/runs/<id>',
    'classify some.wav --run runs/train/runs/<id>',
    'classify recordings --run runs/train/runs/<id> --hop 0.5',
  ],
  export: [
    'export runs/train/runs/conv-seed1-c0466661893b --to onnx',
    'export runs/train/runs/<id> --to tfjs --output model',
  ],
  freeze: [
    'freeze runs/train/runs/diffstride-seed1-c0466661893b',
    'freeze runs/train/runs/<id> --round --no-test',
  ],
  config: ['config --pooling blur', 'config --preset full --dataset cifar100'],
  schema: ['schema run', 'schema sweep'],
  cost: ['cost --pooling blur', 'cost --model mobilenet-v2 --pooling diffstride --width 16'],
  swap: [
    'swap model.json --pooling blur --output swapped',
    'swap model.json --pooling dct --only conv2 --output swapped',
  ],
  spans: ['spans', 'spans --text book.txt --steps 1000 --heads 8 --json'],
  speed: ['speed', 'speed fft', 'speed --set quick --only resample --no-torch'],
  completion: ['completion bash', 'completion zsh', 'completion fish'],
};

/** Adds the examples to the help of each command. */
export function addExamples(program: Command): void {
  for (const [name, lines] of Object.entries(EXAMPLES)) {
    const command = name === '' ? program : commandOf(program, name.split(' '));
    const shown = lines.map((line) => `  ${CALL} ${line}`);
    command.addHelpText('after', ['', 'Examples:', ...shown].join('\n'));
  }
}

/** The command of a path, such as `queue`, `cancel`. */
function commandOf(program: Command, path: string[]): Command {
  return path.reduce(
    (parent, name) => parent.commands.find((command) => command.name() === name)!,
    program,
  );
}
