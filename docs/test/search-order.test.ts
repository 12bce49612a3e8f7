import { describe, expect, it } from 'vitest';
import { searchOptions } from '../.vitepress/theme/search-order.js';

const { boostDocument, fuzzy, processTerm } = searchOptions;

describe('the order of the search', () => {
  it('puts guides before theory or beside it, and both before packages and the reference', () => {
    const weights = [
      '/guide/swap-strides#by-hand',
      '/theory/diffstride#backward',
      '/packages/layers#ds-layers',
      '/reference/layers/diffstride#DiffStride',
    ].map(boostDocument);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect(new Set(weights.slice(1)).size).toBe(3);
  });

  it('knows a page below the base path of a server', () => {
    expect(boostDocument('/downsampling/reference/fft/fft-plans')).toBe(
      boostDocument('/reference/fft/fft-plans'),
    );
  });

  it('leaves out words without a subject, and ignores case', () => {
    const words = 'How do I train on my own Images'.split(' ').map(processTerm);
    expect(words.filter((word) => word !== null)).toEqual(['train', 'own', 'images']);
  });

  it('looks for similar words only where a letter does not make another word', () => {
    expect(fuzzy('flc')).toBe(false);
    expect(fuzzy('alaising')).toBeGreaterThan(0);
  });
});
