// Do served ids lead back to their holder, and reveal nothing?
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type HolderPlace, holderOfServed, servedIds } from './servedIds.ts';

const keyed = (key: string) => ({
  hash: (kind: string, value: string) =>
    createHmac('sha256', key).update(`${kind}|${value}`).digest('base64url'),
});
const place = (participant: string, endpoint = 'fhir'): HolderPlace => ({
  participant: { id: participant },
  endpoint: { id: endpoint },
});
const servedId = (hashes: ReturnType<typeof keyed>, holder: HolderPlace, name: string): string =>
  servedIds(hashes, holder)(name);
const [store, gp, home] = [keyed('one'), place('gp'), place('home')];

describe('the id of a holder’s resource', () => {
  it('is the same each time, and another for another holder, endpoint, resource or key', () => {
    const id = servedId(store, gp, 'Consent/1');
    expect(servedId(store, gp, 'Consent/1')).toBe(id);
    const others = [
      servedId(store, home, 'Consent/1'),
      servedId(store, place('gp', 'other'), 'Consent/1'),
      servedId(store, gp, 'Goal/1'),
      servedId(keyed('two'), gp, 'Consent/1'),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('leads back to its holder for who has the key, and to nobody for others', () => {
    const id = servedId(store, home, 'Consent/1');
    expect(holderOfServed(store, id, [gp, home])).toBe(home);
    expect(holderOfServed(store, id, [gp])).toBeUndefined();
    expect(holderOfServed(keyed('two'), id, [gp, home])).toBeUndefined();
    expect(holderOfServed(store, 'Consent-1', [gp, home])).toBeUndefined();
  });

  it('does not show that two resources have one holder', () => {
    const heads = [1, 2, 3, 4].map((id) => servedId(store, gp, `Consent/${id}`).slice(0, 18));
    expect(new Set(heads).size).toBe(4);
  });
});
