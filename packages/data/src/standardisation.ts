/** Table of `(byte/255 − mean)/std` for every channel and byte. */
export function standardisation(mean: number[], std: number[]): Float32Array {
  const table = new Float32Array(mean.length * 256);
  mean.forEach((average, channel) => {
    for (let byte = 0; byte < 256; byte++) {
      table[channel * 256 + byte] = (byte / 255 - average) / std[channel]!;
    }
  });
  return table;
}
