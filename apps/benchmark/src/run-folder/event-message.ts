import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One value of a TensorBoard summary. */
export type SummaryValue =
  | { tag: string; scalar: number }
  /** The values of the distribution. */
  | { tag: string; histogram: number[] };

/** The content of a TensorBoard event. */
export type EventContent =
  | { version: true }
  /** The run (re)starts at this step. TensorBoard drops earlier events from this step on. */
  | { start: true }
  | { values: SummaryValue[] };

/**
 * Encodes a `tensorflow.Event` as a protocol buffer. Field numbers are those of event.proto and
 * summary.proto.
 */
export function eventMessage(seconds: number, step: number, content: EventContent): Uint8Array {
  const event = new BinaryWriter();
  event.tag(1, WireType.Bit64).double(seconds);
  event.tag(2, WireType.Varint).int64(step);
  if ('version' in content) {
    event.tag(3, WireType.LengthDelimited).string('brain.Event:2');
  } else if ('start' in content) {
    event.tag(7, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(1).join();
  } else {
    event.tag(5, WireType.LengthDelimited).fork();
    for (const value of content.values) {
      event.tag(1, WireType.LengthDelimited).fork();
      event.tag(1, WireType.LengthDelimited).string(value.tag);
      if ('scalar' in value) event.tag(2, WireType.Bit32).float(value.scalar);
      else event.tag(5, WireType.LengthDelimited).bytes(histogramMessage(value.histogram));
      event.join();
    }
    event.join();
  }
  return event.finish();
}

/** Number of bars in a histogram. */
const BARS = 30;

/** `HistogramProto`: extent, count, sums, and equal bars with their upper limits. */
function histogramMessage(values: number[]): Uint8Array {
  const lowest = Math.min(...values);
  const highest = Math.max(...values);
  // Equal values still need bars with a positive width.
  const width = (highest - lowest || 1e-3) / BARS;
  const counts = new Array<number>(BARS).fill(0);
  for (const value of values) {
    counts[Math.min(BARS - 1, Math.floor((value - lowest) / width))]! += 1;
  }
  const message = new BinaryWriter();
  const sum = (list: number[]) => list.reduce((total, value) => total + value, 0);
  [lowest, highest, values.length, sum(values), sum(values.map((value) => value * value))].forEach(
    (value, index) => {
      message.tag(index + 1, WireType.Bit64).double(value);
    },
  );
  message.tag(6, WireType.LengthDelimited).fork();
  for (let bar = 1; bar <= BARS; bar++) message.double(lowest + bar * width);
  message.join();
  message.tag(7, WireType.LengthDelimited).fork();
  for (const count of counts) message.double(count);
  message.join();
  return message.finish();
}
