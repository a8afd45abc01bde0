// Does a scenario read what the sources say as a gateway reads it?
import { expect, test } from 'vitest';
import { scenarioFile } from './scenario.ts';
import { consentSettings } from './settings.ts';
import { simulate } from './simulate.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
const asks = {
  holders: [{ name: 'GP', type: 'Z3' }],
  requesters: [{ name: 'crew', type: 'AMB' }],
  roles: ['01.071'],
  categories: ['GGC002', 'GGC012', 'GGC013'],
};

async function drawn(more: object, policy: object) {
  const cells = await simulate(scenarioFile.parse({ ...asks, ...more }), consentSettings.parse(policy), now);
  return cells.map(({ verdict }) => verdict.kind);
}

test('a notified no to treatment data is one to its parts, unless the copy tells of these', async () => {
  const policy = { policy: { sources: ['notified'] } };
  const notified = { GGC002: 'deny', GGC013: 'permit', '*': 'permit' };
  expect(await drawn({ given: { notified } }, policy)).toEqual(['denied', 'denied', 'permit']);
});

test('an own record that names the emergency counts as the policy says', async () => {
  const own = [{ decision: 'deny' }, { decision: 'permit', purposes: ['ETREAT'] }];
  const urgent = { purposes: ['ETREAT'], categories: ['GGC002'], given: { own, breakGlass: 1 } };
  const breakGlass = { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] };
  expect(await drawn(urgent, { breakGlass })).toEqual(['permit']);
  expect(await drawn(urgent, { breakGlass, policy: { specificPurposes: [] } })).toEqual(['denied']);
});
