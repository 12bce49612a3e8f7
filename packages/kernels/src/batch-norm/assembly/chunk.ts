/**
 * Rows that batch norm takes at a time, so that they stay in the cache while the loops run over
 * channels. A chunk is also one partial sum, which keeps float32 sums accurate.
 */
export const CHUNK: i32 = 128;
