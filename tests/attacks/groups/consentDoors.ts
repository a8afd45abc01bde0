// C09 and on: are there side doors? Batches, HEAD, other methods and versions, and the permit of one holder at another.
import { type Case, must, mustAll, type Try } from '../attack.ts';
import { bsns } from '../content.ts';
import { fhirJson } from '../handovers.ts';
import { hearing, silent, wordsIn } from '../hearing.ts';
import { askAs, operate, parameters } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { patientParameter } from '../region.ts';
import { directives, queryOf, search, servedId } from '../searches.ts';
import type { Stage } from '../stage.ts';
import { oneForAnother, wrongScope } from './consentScopes.ts';

type Row = { method: string; url: string; resource?: object };

const bundle = (type: string, rows: readonly Row[]): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type,
    entry: rows.map(({ resource, ...request }) => ({ request, ...(resource ? { resource } : {}) })),
  });

async function batches(stage: Stage): Promise<string> {
  const id = await servedId(stage, 'yes');
  const no = await servedId(stage, 'no');
  const allowed = { method: 'GET', url: `Consent?${queryOf(directives(id))}` };
  const wish = { method: 'POST', url: '$wishes', resource: parameters(patientParameter('yes')) };
  const rows: readonly (readonly [string, readonly Row[]])[] = [
    ['one allowed', [allowed]],
    ['one allowed, one of P-no', [allowed, { method: 'GET', url: `Consent?${queryOf(directives(no))}` }]],
    ['the card', [wish]],
    ['to stu3', [{ method: 'GET', url: '/stu3/Task/1' }]],
    ['to an absolute address', [{ method: 'GET', url: `${stage.canary.url}/Patient/1` }]],
    ['a way up', [{ method: 'GET', url: `../r4/Consent?${queryOf(directives(id))}` }]],
    ['HEAD', [{ ...allowed, method: 'HEAD' }]],
    ['_method', [{ method: 'POST', url: `Consent?_method=GET&${queryOf(directives(id))}` }]],
    ['nested', [{ method: 'POST', url: '', resource: JSON.parse(bundle('batch', [allowed])) }]],
  ];
  const places = ['/r4', '/r4/', '/r4/Bundle', '/r4/$wishes', '/r4/$batch', '/stu3'];
  const types = ['batch', 'transaction', 'searchset', 'message', 'document', 'history', 'collection'];
  const send =
    (path: string, body: string): Try['send'] =>
    () =>
      operate(stage, { path, body });
  const refused = { status: [400, 404, 405, 422] };
  const tries = [
    ...rows.flatMap(([name, some]) =>
      places.map((path) => plain(`${name} at ${path}`, send(path, bundle('batch', some)), refused)),
    ),
    ...types.map((type) => plain(type, send('/r4', bundle(type, [allowed, wish])), refused)),
  ];
  const touched = stage.canary.contacts.length;
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  must(heard.all.length === 0, 'Mitz was asked');
  must(stage.canary.contacts.length === touched, 'the canary was touched');
  mustBe(await search(stage, { type: 'Consent', pairs: directives(id) }), { status: 200 }, 'twin alone');
  return `${result.length} refused, nobody asked; twin 200 alone`;
}

/** HEAD is a GET without a body: the same decision, the same record, and nothing more. */
async function heads(stage: Stage): Promise<string> {
  const pairs = directives(await servedId(stage, 'yes'));
  const no = directives(await servedId(stage, 'no'));
  const strange = directives('00000000-0000-4000-8000-000000000000');
  const rows = [
    ['yes', pairs, 200],
    ['no', no, 200],
    ['of nobody', strange, 404],
    ['near miss', [...pairs, ['_summary', 'count']], 422],
  ] as const;
  for (const [name, asked, status] of rows) {
    const head = await search(stage, { type: 'Consent', pairs: asked, method: 'HEAD' });
    const get = await search(stage, { type: 'Consent', pairs: asked });
    must(head.status === status && get.status === status, `${name}: HEAD ${head.status}, GET ${get.status}`);
    must(head.body.length === 0, `${name}: HEAD has a body`);
    const records = await stage.rows(`select body from audit where body like '%${head.requestId}%'`);
    must(records.length > 0, `${name}: HEAD left no record`);
  }
  const silently = await hearing(stage, () => search(stage, { type: 'Consent', pairs: no, method: 'HEAD' }));
  silent(silently.heard);
  mustBe(
    await askAs(stage, { method: 'HEAD', path: '/r4/$wishes' }),
    { status: 405 },
    'HEAD of an operation',
  );
  return 'HEAD: status and record of GET, no body; the holder that may not give is not asked';
}

async function otherWays(stage: Stage): Promise<string> {
  const id = await servedId(stage, 'yes');
  const query = queryOf(directives(id));
  const body = JSON.stringify(parameters(patientParameter('yes')));
  const refused = { status: [400, 401, 403, 404, 405, 415, 422] };
  const go = (
    name: string,
    path: string,
    more: { method?: string; body?: string; headers?: Record<string, string> },
  ) => plain(name, () => askAs(stage, { path, ...more }), refused);
  const methods = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  const [bsn] = bsns;
  const tries = [
    ...methods
      .filter((one) => one !== 'OPTIONS')
      .map((method) => go(`${method} $wishes`, '/r4/$wishes', { method })),
    go('GET with a BSN', `/r4/$wishes?patient=${bsn}`, {}),
    go('POST with a query', `/r4/$wishes?patient=${bsn}`, { method: 'POST', body, headers: fhirJson }),
    go('an override by header', '/r4/$wishes', { headers: { 'x-http-method-override': 'POST' } }),
    go('an override by query', '/r4/$wishes?_method=POST', {}),
    go('under stu3', '/stu3/$wishes', { method: 'POST', body, headers: fhirJson }),
    go('STU3 search', `/stu3/Consent?${query}`, {}),
    go('in a compartment', `/r4/Patient/${id}/Consent`, {}),
    go('$everything', `/r4/Patient/${id}/$everything`, {}),
    go('$export', '/r4/$export', {}),
    go('Group export', '/r4/Group/1/$export', {}),
    go('$graphql', '/r4/$graphql', { method: 'POST', body: '{}', headers: fhirJson }),
    go('search in all types', `/r4?${query}`, {}),
    go('_search in all types', '/r4/_search', {
      method: 'POST',
      body: query,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    go('history', `/r4/Consent/${id}/_history`, {}),
    go('history of the type', '/r4/Consent/_history', {}),
    go('read of a type without', '/r4/Consent', {}),
    go('Binary', `/r4/Binary/${id}`, {}),
    go('AuditEvent', '/r4/AuditEvent?patient=1', {}),
    go('Subscription', '/r4/Subscription', {
      method: 'POST',
      body: '{"resourceType":"Subscription"}',
      headers: fhirJson,
    }),
    go('a second slash', `/r4//Consent?${query}`, {}),
    go('an encoded slash', `/r4%2FConsent?${query}`, {}),
    go('other case', `/r4/consent?${query}`, {}),
    go('a matrix parameter', `/r4/Consent;a=b?${query}`, {}),
    go('a dot behind', `/r4/Consent.?${query}`, {}),
    go('encoded letters', `/r4/%43onsent/x?${query}`, {}),
  ];
  const { heard, result } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  const holding = result.filter((seen) => wordsIn(seen).length > 0);
  must(holding.length === 0, 'records in a refusal');
  mustBe(await search(stage, { type: 'Consent', pairs: directives(id) }), { status: 200 }, 'twin');
  return `${result.length} refused, nobody asked; twin 200`;
}

export const consentDoors: readonly Case[] = [
  { id: 'C09', title: 'a Bundle as side door', run: batches },
  { id: 'C34', title: 'HEAD of a search', run: heads },
  { id: 'C35', title: 'other methods, versions, compartments and spellings', run: otherWays },
  { id: 'C36', title: 'the permit of one holder at another', run: oneForAnother },
  { id: 'C37', title: 'the scope of one exchange at another', run: wrongScope },
];
