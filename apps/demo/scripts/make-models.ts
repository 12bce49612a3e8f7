import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { useBackend } from '@ds/backend';
import { batches, type ImageSet } from '@ds/data/batches';
import { cosine, evaluate, sgd, standardGroups, train } from '@ds/train';
import '@tensorflow/tfjs';
import { decode } from 'fast-png';
import { digitNet } from '../src/net/digit-net.js';
import { digitsFromTiles, MEAN, STD } from '../src/net/digits.js';
import type { TrainedNet } from '../src/workers/shift-api.js';

/** The poolings of the panel, in order. */
const POOLINGS = ['conv', 'max', 'average', 'blur', 'max-blur', 'aps', 'spectral', 'diffstride'];
const EPOCHS = 30;
const BATCH = 32;

async function digits(part: string): Promise<ImageSet> {
  const { data, width, height } = decode(await readFile(`public/digits/${part}.png`));
  return digitsFromTiles(Uint8Array.from(data), width, height);
}

/** Trains every network and writes `models.json` and a file of float32 weights for each. */
export async function makeModels(): Promise<void> {
  await useBackend('wasm');
  const [trainSet, testSet] = [await digits('train'), await digits('test')];
  const input = { batchSize: BATCH, classes: 10, mean: MEAN, std: STD };
  const folder = 'public/models';
  await mkdir(folder, { recursive: true });
  const list: TrainedNet[] = [];
  for (const pooling of POOLINGS) {
    const options = { pooling, strides: [2, 2] as [number, number], smoothness: 2 };
    const net = digitNet({ ...options, seed: 1 });
    const steps = EPOCHS * Math.ceil(trainSet.count / BATCH);
    await train(net, {
      batches: (epoch) =>
        batches(trainSet, {
          ...input,
          shuffle: { seed: 1, epoch },
          augmentation: { padding: 3 },
        }),
      epochs: EPOCHS,
      optimizer: sgd({ momentum: 0.9 }),
      schedule: cosine(0.05, steps),
      groups: standardGroups({ strideLearningRateScale: 8 }),
    });
    const { accuracy } = await evaluate(net, batches(testSet, input));
    const weights = net.getWeights();
    const file = `${pooling}.bin`;
    const values = weights.flatMap((weight) => [...weight.dataSync()]);
    await writeFile(path.join(folder, file), Buffer.from(Float32Array.from(values).buffer));
    const shapes = weights.map(({ shape }) => shape);
    list.push({ ...options, testAccuracy: Number(accuracy.toFixed(4)), shapes, file });
    console.log(`${pooling}: ${(100 * accuracy).toFixed(1)} % of the test digits`);
    net.dispose();
  }
  await writeFile(path.join(folder, 'models.json'), `${JSON.stringify(list, null, 1)}\n`);
}
