import { describe, expect, it } from 'vitest';
import { searchOptions } from '../.vitepress/theme/search-order.js';

const { boostDocument, fuzzy, processTerm } = searchOptions;

describe('the order of the search', () => {
  it('puts guides and theory first, then packages, then the reference', () => {
    const weights = [
      '/guide/swap-strides#by-hand',
      '/theory/diffstride#backward',
      '/packages/layers#ds-layers',
      '/reference/layers/diffstride#DiffStride',
    ].map(boostDocument);
    const [guide, theory, packages, reference] = weights as [number, number, number, number];
    expect(guide).toBe(theory);
    expect(theory).toBeGreaterThan(packages);
    expect(packages).toBeGreaterThan(reference);
  });

  it('knows a page below the base path of a server', () => {
    expect(boostDocument('/downsampling/reference/fft/fft-plans')).toBe(
      boostDocument('/reference/fft/fft-plans'),
    );
  });

  it('leaves out words without a subject, and ignores case', () => {
    const words = 'How do I train on my own Images'.split(' ').map(processTerm);
    expect(words.filter((word) => word !== null)).toEqual(['train', 'own', 'images']);
    // A word of the project's subject: accuracy against work.
    expect(processTerm('work')).toBe('work');
  });

  it('looks for similar words only where a letter does not make another word', () => {
    expect(fuzzy('flc')).toBe(false);
    expect(fuzzy('alaising')).toBeGreaterThan(0);
  });
});
