import { describe, expect, it } from 'vitest';
import { maskedAddress, maskedCommand, maskedText } from '../../src/queue/masked-address.js';

/** Addresses that contain a secret, and their masked form. */
const CASES: [address: string, shown: string][] = [
  ['redis://host', 'redis://host'],
  ['redis://host:6380/2', 'redis://host:6380/2'],
  ['rediss://[::1]:6379', 'rediss://[::1]:6379'],
  ['redis://:s3cret@host', 'redis://…@host'],
  ['redis://s3cret@host', 'redis://…@host'],
  ['redis://user:s3cret@host:6379/0', 'redis://…@host:6379/0'],
  ['redis://user:se:s3cret@host', 'redis://…@host'],
  ['redis://:s3%2Fcret@host', 'redis://…@host'],
  ['redis://:a@s3cret@host', 'redis://…@host'],
  ['redis://:s3@cr/e:t#1@host', 'redis://…'],
  ['redis://:s3/cret@host', 'redis://…'],
  ['redis://:s3?cret@host', 'redis://…'],
  ['redis://:s3#cret@host', 'redis://…'],
  ['redis://:s3cret', 'redis://…'],
  ['redis://user:s3cret', 'redis://…'],
  ['redis://host?password=s3cret', 'redis://host?…'],
  ['redis://host/1?family=6&p%61ssword=s3cret', 'redis://host/1?…'],
  ['redis://host?password=a@s3cret', 'redis://…'],
  ['redis://host/s3cret', 'redis://host/…'],
  ['redis://host#s3cret', 'redis://host?…'],
  ['http://user:s3cret@host', 'http://…@host/'],
  ['user:s3:cret@host', '…'],
  ['s3cret', '…'],
  ['', '…'],
];

describe('maskedAddress', () => {
  it.each(CASES)('%s is shown as %s', (address, shown) => {
    expect(maskedAddress(address)).toBe(shown);
  });
});

describe('maskedText', () => {
  it('masks the addresses in a text only', () => {
    expect(maskedText("got 'redis://:s3cret@host:1', see https://a.org/?b=1 or me@a.org.")).toBe(
      "got 'redis://…@host:1', see https://a.org/?b=1 or me@a.org.",
    );
    expect(maskedText('Report: file:///tmp/a@b/report.html')).toBe(
      'Report: file:///tmp/a@b/report.html',
    );
  });
});

describe('maskedText, applied twice', () => {
  it.each(CASES)('masks %s to %s once', (address, shown) => {
    const once = maskedText(`queue ${address}: gone`);
    expect(maskedText(once)).toBe(once);
    expect(maskedText(`queue ${shown}: gone`)).toBe(`queue ${shown}: gone`);
    if (address.startsWith('redis')) expect(once).toBe(`queue ${shown}: gone`);
  });
});

describe('maskedCommand', () => {
  it.each(CASES)('shows %s as %s in a command', (address, shown) => {
    const expected = `ds-benchmark sweep a.yaml --queue`;
    expect(maskedCommand(['sweep', 'a.yaml', '--queue', address])).toBe(`${expected} ${shown}`);
    expect(maskedCommand(['sweep', 'a.yaml', `--queue=${address}`])).toBe(`${expected}=${shown}`);
  });

  it('masks an address at any position', () => {
    expect(maskedCommand(['worker', 'redis://:s3cret@h'])).toBe('ds-benchmark worker redis://…@h');
  });
});
