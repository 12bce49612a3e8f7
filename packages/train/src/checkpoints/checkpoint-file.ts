import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DataError } from '@ds/checks';
import type { StoredTensor, TrainingState } from '../training-state.js';
import { finiteJson, withNonFinite } from './non-finite-json.js';
import { writeFileWhole } from './write-file-whole.js';

/** The first bytes of a file, which include the version of the format. */
const MAGIC = Buffer.from('DSCKPT01');
const CHECKSUM_BYTES = 32;

/** The content of a checkpoint. */
export interface Checkpoint {
  state: TrainingState;
  /** Additional JSON data. Numbers that are not finite come back too. */
  extra: unknown;
  /** The identity of the training: texts by name. */
  of: Record<string, string>;
}

/**
 * A training state as one file: magic, length of the header (uint32, little-endian), header (JSON:
 * everything but the tensors' values, with `extra` and `of`; {@link finiteJson} writes numbers that
 * are not finite), values (float32, little-endian, in the order of the header), SHA-256 of all
 * before.
 */
function encodeCheckpoint({ state, extra, of }: Checkpoint): Buffer {
  const tensors: StoredTensor[] = [];
  const place = (tensor: StoredTensor) => {
    tensors.push(tensor);
    return { shape: tensor.shape };
  };
  const header = Buffer.from(
    finiteJson({
      ...state,
      weights: state.weights.map(place),
      statistics: state.statistics.map((replica) => replica.map(place)),
      optimizer: {
        steps: state.optimizer.steps,
        slots: state.optimizer.slots.map((slots) => slots?.map(place) ?? null),
      },
      extra,
      of,
    }),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const values = tensors.map(({ values: { buffer, byteOffset, byteLength } }) =>
    Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength),
  );
  const content = Buffer.concat([MAGIC, length, header, ...values]);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

/** @throws DataError if the bytes are not a checkpoint, or not what was written. */
function decodeCheckpoint(bytes: Buffer, name: string): Checkpoint {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new DataError(
      `checkpoint ${name}: must begin with ${MAGIC}, got ${bytes.length} bytes that do not`,
    );
  }
  const content = bytes.subarray(0, -CHECKSUM_BYTES);
  const checksum = createHash('sha256').update(content).digest();
  if (!checksum.equals(bytes.subarray(-CHECKSUM_BYTES))) {
    throw new DataError(
      `checkpoint ${name}: must end with its SHA-256, got another: it is damaged`,
    );
  }
  const headerAt = MAGIC.length + 4;
  let at = headerAt + content.readUInt32LE(MAGIC.length);
  const header = JSON.parse(content.toString('utf8', headerAt, at), withNonFinite);
  const filled = ({ shape }: { shape: number[] }): StoredTensor => {
    const size = shape.reduce((product, side) => product * side, 1);
    // A copy: the values may lie at any byte of the file.
    const values = new Float32Array(new Uint8Array(content.subarray(at, at + 4 * size)).buffer);
    at += 4 * size;
    return { shape, values };
  };
  const { extra, of = {}, ...rest } = header;
  const weights = rest.weights.map(filled);
  const statistics = rest.statistics.map((replica: StoredTensor[]) => replica.map(filled));
  const slots = rest.optimizer.slots.map((tensors: StoredTensor[] | null) =>
    tensors ? tensors.map(filled) : null,
  );
  const optimizer = { steps: rest.optimizer.steps, slots };
  return { state: { ...rest, weights, statistics, optimizer }, extra, of };
}

/**
 * Writes a checkpoint by {@link writeFileWhole}.
 *
 * @throws what it throws.
 */
export async function writeCheckpoint(
  file: string,
  checkpoint: Checkpoint,
  mayWrite: () => void,
): Promise<void> {
  await writeFileWhole(file, encodeCheckpoint(checkpoint), { mayWrite });
}

/** @throws DataError if the file is damaged, and what the file system throws if it is not read. */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  return decodeCheckpoint(await readFile(file), file);
}
