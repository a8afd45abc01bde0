import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { createUnderWay } from './underWay.ts';

describe('requests under way', () => {
  it('are refused beyond the cap of their owner, and let in again when one has ended', () => {
    const underWay = createUnderWay(2);
    const leave = underWay.enter('hospital');
    underWay.enter('hospital');
    expect(() => underWay.enter('hospital')).toThrow(GatewayError);
    leave();
    expect(underWay.enter('hospital')).toBeTypeOf('function');
  });

  it('of one participant take nothing from another', () => {
    const underWay = createUnderWay(1);
    underWay.enter('hospital');
    expect(underWay.enter('home')).toBeTypeOf('function');
    expect(() => underWay.enter('home')).toThrow('Too many requests at once');
  });
});
