import { ConfigError, StateError } from '@ds/checks';
import { relativeError } from '@ds/testing';
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../src/evaluation.js';
import { replica, runReplicas } from '../src/replicas/index.js';
import type { TrainEvent, TrainResult } from '../src/train-options.js';
import type { TrainingState } from '../src/training-state.js';

const fixture = new URL('./replica-fixture.mjs', import.meta.url);
/**
 * A network with batch norm, for the tests that are about it. It takes longer than the plain one.
 */
const withBatchNorm = { inputShape: [8, 8, 3], classes: 2, seed: 1, pooling: 'conv' };

type Outcome = TrainResult & {
  weights: Record<string, number[]>;
  rank: number;
  last: TrainingState;
};
type Message = TrainEvent | { type: 'weights'; weights: Record<string, number[]> };

async function outcome(replicas: number, input: object = {}) {
  const messages: [number, Message][] = [];
  const result = await runReplicas<Outcome>(fixture, {
    replicas,
    input: { batchSizes: [8, 8, 5], ...input },
    onMessage: (message, rank) => messages.push([rank, message as Message]),
  });
  return { result, messages };
}

describe('replicas', () => {
  it('hold the same weights to the last bit, and get the same reports', async () => {
    const { result, messages } = await outcome(3, {
      model: withBatchNorm,
      batchSizes: [8, 2, 7],
    });
    expect(result).toMatchObject({ steps: 6, stopped: false, rank: 0 });
    const weights = messages.flatMap(([, message]) =>
      message.type === 'weights' ? [message.weights] : [],
    );
    expect(weights).toHaveLength(3);
    expect(weights[1]).toEqual(weights[0]);
    expect(weights[2]).toEqual(weights[0]);
    const steps = (rank: number) =>
      messages.flatMap(([from, message]) =>
        from === rank && message.type === 'step' ? [{ ...message, seconds: 0 }] : [],
      );
    expect(steps(0).map(({ images }) => images)).toEqual([8, 2, 7, 8, 2, 7]);
    expect(steps(1)).toEqual(steps(0));
    expect(steps(2)).toEqual(steps(0));
    expect(result.epochs[1]!.evaluation!.count).toBe(17);
  });

  const input = { batchSizes: [8, 2, 7] };
  let alone: ReturnType<typeof outcome>;
  it.each([2, 3])('of %i make the steps that one makes of the whole batches', async (size) => {
    alone ??= outcome(1, input);
    const one = (await alone).result;
    const many = (await outcome(size, input)).result;
    for (const [name, values] of Object.entries(one.weights)) {
      expect(relativeError(many.weights[name]!, values)).toBeLessThan(1e-5);
    }
    many.epochs.forEach(({ loss, accuracy, evaluation, images }, i) => {
      const expected = one.epochs[i]!;
      expect(images).toBe(17);
      expect(loss).toBeCloseTo(expected.loss, 5);
      expect(accuracy).toBe(expected.accuracy);
      expect(evaluation!.loss).toBeCloseTo(expected.evaluation!.loss, 5);
      expect(evaluation!.accuracy).toBe(expected.evaluation!.accuracy);
    });
  });

  it('average the moving statistics of batch norm', async () => {
    const statistics = async (replicas: number) => {
      const given = { model: withBatchNorm, batchSizes: [8], epochs: 1 };
      const { weights } = (await outcome(replicas, given)).result;
      return ['mean', 'variance'].map((name) => weights[`stage1.block0.bn1/moving_${name}`]!);
    };
    const [mean, whole] = (await statistics(1)) as [number[], number[]];
    const [shardMean, halves] = (await statistics(2)) as [number[], number[]];
    // Before the first update the mean of the shards' means is the batch's, the mean of their
    // variances is smaller.
    expect(relativeError(shardMean, mean)).toBeLessThan(1e-6);
    for (const [i, variance] of whole.entries()) {
      expect(halves[i]).toBeLessThan(variance);
      expect(halves[i]).toBeGreaterThan(variance - 0.02);
    }
  });

  it.each([
    ['throw early', 'RangeError', 'no such data'],
    ['throw what has no clone', 'Error', '() => {}'],
    ['abort', 'AbortError', 'This operation was aborted'],
    ['send a function', 'DataCloneError', '() => 1 could not be cloned'],
    ['throw', 'RangeError', 'a bad step'],
    ['exit', 'Error', 'the thread of replica 1 of 2 ended before its work, with exit code 3'],
    ['return early', 'StateError', 'all 2 replicas must train, but 1 ended before that'],
    ['other model', 'ConfigError', 'replicas must train the same model, got models of'],
    ['fewer batches', 'ConfigError', 'must pass arrays of the same length to a sum'],
    ['fewer epochs', 'Error', 'replica 0: waited for another replica that had ended'],
  ])('end together when one does this: %s', async (misbehave, name, error) => {
    await expect(outcome(2, { misbehave })).rejects.toMatchObject({
      name,
      message: expect.stringContaining(error),
    });
  });

  it.each([0, 6])(
    'blame image %i of a whole batch, by an error that keeps its name',
    async (image) => {
      await expect(outcome(2, { spoilt: { seed: 1, image } })).rejects.toMatchObject({
        name: 'NonFiniteLoss',
        message: expect.stringContaining(
          `batch 1 itself is not finite, first of all image ${image} (1-${image}.png)`,
        ),
      });
    },
  );

  it('count a test image that is not finite as wrong, and name it alike', async () => {
    const spoilt = { batchSizes: [8, 8], epochs: 1, spoilt: { seed: 101, image: 6 } };
    const { messages } = await outcome(2, spoilt);
    const evaluations = messages.flatMap(([, message]) =>
      message.type === 'epoch' ? [message.evaluation!] : [],
    );
    expect(evaluations).toHaveLength(2);
    for (const { nonFinite, firstNonFinite, count, top5 } of evaluations) {
      expect([nonFinite, count, top5]).toEqual([1, 16, Math.fround(15 / 16)]);
      expect(firstNonFinite).toMatchObject({ batch: 1, image: 6, file: '101-6.png' });
    }
  });

  it('end together when rank 0 throws', async () => {
    await expect(outcome(2, { misbehave: 'throw', rank: 0 })).rejects.toThrow('a bad step');
  });

  it('stop after the same step on a signal', async () => {
    const controller = new AbortController();
    let steps = 0;
    const result = await runReplicas<Outcome>(fixture, {
      replicas: 2,
      input: { batchSizes: [8, 8], epochs: 10_000 },
      signal: controller.signal,
      onMessage: (message, rank) => {
        if ((message as Message).type === 'step' && rank === 0 && ++steps === 3) controller.abort();
      },
    });
    expect(result.stopped).toBe(true);
    expect(result.steps).toBeGreaterThanOrEqual(3);
    expect(result.steps).toBeLessThan(10_000);
  });

  it('save no evaluation that one of them cut, and make it again to the same numbers', async () => {
    const input = { batchSizes: [8, 8], epochs: 2 };
    const whole = await outcome(2, input);
    // Of the second epoch, after its first batch.
    const cut = await outcome(2, { ...input, cut: 3 });
    expect(cut.result).toMatchObject({ stopped: true, steps: 4, epochs: [{ epoch: 0 }] });
    expect(cut.result.epochs).toHaveLength(1);
    const { last } = cut.result;
    expect([last.epoch, last.position, last.epochs.length]).toEqual([1, 2, 1]);
    const again = await outcome(2, { ...input, resume: last });
    expect(again.result.weights).toEqual(whole.result.weights);
    expect(again.result.epochs.map(({ evaluation }) => evaluation)).toEqual(
      whole.result.epochs.map(({ evaluation }) => evaluation),
    );
  });

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('no such panel');
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('no such panel'))],
  ])('end when onMessage %s', async (_, onMessage) => {
    const input = { batchSizes: [8, 8], epochs: 10_000 };
    await expect(runReplicas(fixture, { replicas: 2, input, onMessage })).rejects.toMatchObject({
      name: 'RangeError',
      message: 'no such panel',
    });
  });

  it('evaluate a model that they have not trained', async () => {
    const input = { batchSizes: [8, 2, 7], only: 'evaluate' };
    const one = await runReplicas<Evaluation>(fixture, { replicas: 1, input });
    const many = await runReplicas<Evaluation>(fixture, { replicas: 3, input });
    expect(many).toMatchObject({ count: 17, accuracy: one.accuracy });
    expect(many.loss).toBeCloseTo(one.loss, 5);
  });

  it('fail with the reason when their module cannot be loaded', async () => {
    const missing = new URL('./no-such-module.mjs', import.meta.url);
    await expect(runReplicas(missing, { replicas: 2 })).rejects.toThrow('no-such-module');
  });

  it.each([
    ['a word', 'replica', '"replica"'],
    ['a URL as a string', 'file:///replica.mjs', '"file:///replica.mjs"'],
    ['an address of the web', new URL('https://example.org/a.mjs'), 'https://example.org/a.mjs'],
  ])('name the module, if it is %s', async (_, module, got) => {
    await expect(runReplicas(module, { replicas: 1 })).rejects.toThrow(
      new ConfigError(
        "runReplicas: module must be a file URL, an absolute path, or one that begins with './' " +
          `or '../', got ${got}`,
      ),
    );
  });

  it('name an input that cannot be cloned', async () => {
    await expect(
      runReplicas(fixture, { replicas: 2, input: { batches: () => [] } }),
    ).rejects.toThrow(
      /^runReplicas: input must be data that can be cloned, got .* could not be cloned\.$/,
    );
  });

  it('run only in threads of runReplicas', async () => {
    await expect(replica(() => {})).rejects.toThrow(
      new StateError('replica: must run in a thread that runReplicas started, and does not'),
    );
  });

  it('are at least one', async () => {
    await expect(runReplicas(fixture, { replicas: 0 })).rejects.toThrow(
      'runReplicas: replicas must be an integer >= 1, got 0',
    );
  });
});
