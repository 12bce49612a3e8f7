import { softmax, type Tensor, tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { DIGIT_SIDE, digitNet } from '../net/digit-net.js';
import { loadDigits, pageAddress, standardised } from '../net/digits.js';
import type { PageBackend } from './page-backends.js';
import { startBackend } from './tfjs.js';

/** A trained network that is built into the page. */
export interface TrainedNet {
  pooling: string;
  strides: [number, number];
  smoothness: number;
  /** The share of test digits that it classifies correctly. */
  testAccuracy: number;
  /** The shapes of its weights, in the order of the file. */
  shapes: number[][];
  file: string;
}

/** How the output of one network changes under shifts. */
export interface ShiftResponse {
  pooling: string;
  testAccuracy: number;
  /** The predicted digit without a shift. */
  label: number;
  /** Its probability as the picture moves right by −reach … reach pixels. */
  along: number[];
  /** ½ Σ |p − p₀| for every shift down and right, row by row. */
  change: number[];
}

interface LoadedNet {
  info: TrainedNet;
  net: LayersModel;
}

let nets: LoadedNet[] = [];

export const shiftApi = {
  async start(backend: PageBackend) {
    for (const { net } of nets) net.dispose();
    nets = [];
    const info = await startBackend(backend);
    nets = await loadNets();
    return info;
  },

  /** A digit of the test set, 32×32 bytes. */
  async digit(index: number): Promise<Uint8Array> {
    const { images } = await loadDigits('test');
    const size = DIGIT_SIDE * DIGIT_SIDE;
    return images.slice(index * size, (index + 1) * size);
  },

  /** The predictions of all networks for a digit, shifted circularly by up to `reach` pixels. */
  async respond(bytes: Uint8Array, reach: number): Promise<ShiftResponse[]> {
    const side = 2 * reach + 1;
    const size = DIGIT_SIDE * DIGIT_SIDE;
    const shifted = new Float32Array(side * side * size);
    const plain = standardised(bytes);
    for (let i = 0; i < side * side; i++) {
      const [down, right] = [Math.floor(i / side) - reach, (i % side) - reach];
      for (let pixel = 0; pixel < size; pixel++) {
        const row = (Math.floor(pixel / DIGIT_SIDE) + down + DIGIT_SIDE) % DIGIT_SIDE;
        const column = ((pixel % DIGIT_SIDE) + right + DIGIT_SIDE) % DIGIT_SIDE;
        shifted[i * size + row * DIGIT_SIDE + column] = plain[pixel]!;
      }
    }
    const x = tensor4d(shifted, [side * side, DIGIT_SIDE, DIGIT_SIDE, 1]);
    const responses: ShiftResponse[] = [];
    for (const { info, net } of nets) {
      const y = tidy(() => softmax(net.predict(x) as Tensor));
      const values = (await y.data()) as Float32Array;
      y.dispose();
      const middle = (side * side - 1) / 2;
      const still = values.subarray(10 * middle, 10 * middle + 10);
      const label = still.indexOf(Math.max(...still));
      const of = (i: number) => values.subarray(10 * i, 10 * i + 10);
      responses.push({
        pooling: info.pooling,
        testAccuracy: info.testAccuracy,
        label,
        along: Array.from({ length: side }, (_, i) => of(reach * side + i)[label]!),
        change: Array.from(
          { length: side * side },
          (_, i) => of(i).reduce((sum, p, k) => sum + Math.abs(p - still[k]!), 0) / 2,
        ),
      });
    }
    x.dispose();
    return responses;
  },
};

/** Loads all networks. If one fails, none is kept. */
async function loadNets(): Promise<LoadedNet[]> {
  const list: TrainedNet[] = await (await modelFile('models.json')).json();
  const results = await Promise.allSettled(list.map(loadNet));
  const loaded = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = results.find((one) => one.status === 'rejected');
  if (!failed) return loaded;
  for (const { net } of loaded) net.dispose();
  throw failed.reason;
}

async function loadNet(info: TrainedNet): Promise<LoadedNet> {
  const values = new Float32Array(await (await modelFile(info.file)).arrayBuffer());
  const net = digitNet({ ...info, seed: 1 });
  try {
    tidy(() => net.setWeights(weightsOf(info, values)));
  } catch (error) {
    net.dispose();
    throw error;
  }
  return { info, net };
}

function weightsOf({ shapes }: TrainedNet, values: Float32Array): Tensor[] {
  let at = 0;
  return shapes.map((shape) => {
    const size = shape.reduce((product, side) => product * side, 1);
    at += size;
    return tensor(values.slice(at - size, at), shape);
  });
}

async function modelFile(name: string): Promise<Response> {
  const response = await fetch(new URL(`models/${name}`, pageAddress()));
  if (!response.ok) throw new Error(`the networks could not be loaded (${response.status})`);
  return response;
}
