// Does the example of docs/registration.md work as it stands?
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildCard } from '../../src/exchange/wishes/card.ts';
import { wishesRegistration } from '../../src/exchange/wishes/register.ts';
import { isResource } from '../../src/fhir/bundles.ts';
import { parseJson } from '../../src/fhir/json.ts';
import type { FhirResource } from '../../src/model.ts';
import { home, registering } from '../world/cast.ts';
import { openStage } from '../world/exchangeStage.ts';

function example(): FhirResource {
  const page = readFileSync(new URL('../../docs/registration.md', import.meta.url), 'utf8');
  const value = parseJson(Buffer.from(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''));
  if (!isResource(value)) throw new Error('The page has no example.');
  return value;
}

test('the example of the page is registered', async () => {
  const stage = await openStage({ kind: 'sqlite' });
  const register = wishesRegistration.find(({ path }) => path[0] === '$register-wishes');
  const resource = example();
  const answer = await register?.answer(
    {
      version: 'r4',
      method: 'POST',
      path: ['$register-wishes'],
      query: new Map(),
      language: 'en',
      requestId: 'r-1',
      params: {},
      profileChecks: 'gate',
      resource,
    },
    registering(home),
    stage.deps,
  );
  await stage.end();
  expect(answer?.status).toBe(201);
});

test('the example of the page holds a wish that a card shows', () => {
  const { parameter } = example();
  const parts: unknown[] = Array.isArray(parameter) ? parameter : [];
  const resources = parts.map((part): unknown => Object(part).resource).filter(isResource);
  const card = buildCard([{ holder: { name: 'GP' }, state: 'answered', resources }], {
    at: new Date('2026-02-01'),
    bsn: '999911612',
  });
  expect(card.lines.find(({ key }) => key === 'cpr')).toMatchObject({
    decision: 'do_not',
    date: '2026-01-17',
  });
});
