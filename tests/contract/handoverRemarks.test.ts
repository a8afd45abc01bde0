// What does the sender hear about a handover that is odd, and what is refused for its form? Each remark and refusal by its own name.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { FhirResource } from '../../src/model.ts';
import { home, otherHome } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import {
  bundle,
  clinicalResources,
  nursingHandoff,
  organization,
  resourceIn,
  sectionIn,
} from '../world/nursingHandoff.ts';

type Tree = Record<string, unknown>;
type Row = { fullUrl?: string; resource: FhirResource };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

/** The rules of all that is said about a push: what is wrong with it, or what is remarked on when it is accepted. */
async function said(body: FhirResource): Promise<string[]> {
  try {
    const { status, resource } = await stage.push(body);
    expect(status).toBe(202);
    const issues = (resource?.issue ?? []) as { details: { coding?: { code: string }[] } }[];
    return issues.flatMap(({ details }) => details.coding?.[0]?.code ?? []);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return [error.kind, ...error.issues.map(({ rule }) => rule ?? '')];
  }
}

const changed = (key: string, change: (resource: FhirResource) => void): FhirResource => {
  const body = nursingHandoff({ case: randomUUID() });
  change(resourceIn(body, key));
  return body;
};
const inComposition = (change: (resource: FhirResource) => void) => changed('Composition/comp-1', change);
const entriesOf = (composition: FhirResource, code: string) => sectionIn(composition, code)?.entry ?? [];

const content = () => nursingHandoff({ case: randomUUID() });
const parameters = (...parameter: Tree[]): FhirResource => ({ resourceType: 'Parameters', parameter });
const withReceiver = (receiver: Tree) =>
  parameters({ name: 'content', resource: content() }, { name: 'receiver', ...receiver });

describe('the closure', () => {
  test('a type that a handover cannot carry is refused, also deep in the closure', async () => {
    const body = inComposition((composition) => {
      entriesOf(composition, '364832000').push({ reference: 'Contract/c' });
    });
    (body.entry as Row[]).push({ resource: { resourceType: 'Contract', id: 'c' } });
    expect(await said(body)).toEqual(['unprocessable', 'handover-type-not-carried']);
  });

  test('a document that is not in the message is told, as a reference or as an address of a Binary', async () => {
    const document = (url: string) =>
      changed('DocumentReference/doc-1', (resource) => {
        resource.content = [{ attachment: { contentType: 'application/pdf', url } }];
      });
    expect(await said(document('Binary/gone'))).toEqual(['handover-dangling', 'handover-outside']);
    expect(await said(document('https://epd.example/letters/1'))).toEqual([
      'handover-document-outside',
      'handover-outside',
    ]);
  });
});

describe('what is told about content that is taken', () => {
  const sct = 'http://snomed.info/sct';

  test.each<[string, FhirResource, string[]]>([
    [
      'what leaves out a part of its resource',
      changed('Condition/cond-1', (resource) => {
        resource.meta = { tag: [{ code: 'SUBSETTED' }] };
      }),
      ['handover-subsetted'],
    ],
    [
      'a tag of another kind, and a tag outside meta',
      changed('Condition/cond-1', (resource) => {
        resource.meta = { tag: [null, { code: 'ward-7' }] };
        resource.note = [{ text: 'x', tag: [{ code: 'SUBSETTED' }] }];
      }),
      [],
    ],
    [
      'the code of before 2022',
      inComposition((composition) => {
        composition.type = { coding: [{ system: sct, code: '371535009' }] };
      }),
      ['handover-old-code'],
    ],
    [
      'the code of before 2022 beside that of now, by its OID',
      inComposition((composition) => {
        const oid = 'urn:oid:2.16.840.1.113883.6.96';
        composition.type = {
          coding: [
            { system: oid, code: '371535009' },
            { system: oid, code: '11171000146100' },
          ],
        };
      }),
      [],
    ],
    [
      'no code but the profile of a nursing handoff',
      inComposition((composition) => {
        composition.type = { text: 'Overdracht' };
      }),
      [],
    ],
    [
      'a section of its own',
      inComposition((composition) => {
        (composition.section as Tree[]).push({
          title: 'Overig',
          code: { coding: [{ system: sct, code: '1' }] },
        });
      }),
      ['handover-section-unknown'],
    ],
    [
      'a section under the code of another code system',
      inComposition((composition) => {
        const code = { coding: [{ system: 'urn:oid:1.2.3', code: '52870002' }] };
        (composition.section as Tree[]).push({ title: 'Eigen', code });
      }),
      ['handover-section-unknown'],
    ],
  ])('%s', async (_, body, rules) => {
    expect(await said(body)).toEqual(rules);
  });

  test('the receiver stands inside the Composition as well as beside it', async () => {
    const body = inComposition((composition) => {
      composition.contained = [organization('in', home)];
      entriesOf(composition, '275645009').splice(0, 1, { reference: '#in' });
    });
    const last = (await stage.outbox()).length;
    expect(await said(body)).toEqual(['handover-outside']);
    expect((await stage.outbox())[last]?.participant_id).toBe('home');
  });
});

describe('what stands beside the content', () => {
  test('names the receiver by an Organization, and by nothing else', async () => {
    const last = (await stage.outbox()).length;
    expect(await said(withReceiver({ resource: organization('o', otherHome) }))).toContain(
      'handover-receiver-given',
    );
    expect((await stage.outbox())[last]?.participant_id).toBe('other-home');
    for (const wrong of [{ resource: { resourceType: 'Practitioner' } }, { valueString: 'x' }, {}])
      expect(await said(withReceiver(wrong))).toEqual(['unprocessable', 'handover-part']);
  });

  test('is refused without its value, and so is a body that is no handover', async () => {
    const part = (given: Tree) => said(parameters({ name: 'content', resource: content() }, given));
    for (const wrong of [{ name: 'transferDate' }, { name: 'case' }, { name: 'case', valueString: ' ' }])
      expect(await part(wrong)).toEqual(['unprocessable', 'handover-part']);
    expect(await said({ resourceType: 'Composition' })).toEqual(['unprocessable', 'handover-form']);
    const empty = { ...content(), entry: [{ fullUrl: 'urn:uuid:1' }] };
    expect(await said(empty)).toEqual(['unprocessable', 'handover-entry-empty']);
  });

  test('says so when the Task is for another organisation than the content', async () => {
    const body = content();
    const owner = { identifier: otherHome.identifiers[0] };
    (body.entry as Row[]).push({ resource: { resourceType: 'Task', id: 't', status: 'requested', owner } });
    expect(await said(body)).toContain('handover-receiver-owner');
  });
});

describe('loose resources without the one who sends', () => {
  const loose = (more: FhirResource[], change: (resources: FhirResource[]) => void = () => undefined) => {
    const resources = [...clinicalResources(), ...more];
    change(resources);
    return parameters(
      { name: 'content', resource: bundle('collection', resources, randomUUID()) },
      { name: 'receiver', valueIdentifier: home.identifiers[0] },
      { name: 'transferDate', valueDate: '2026-01-16' },
    );
  };
  const sendersOf = async (body: FhirResource) => {
    const { compositionId } = await stage.served(await stage.push(body));
    const rows = (await stage.get(`Composition/${compositionId}/$document`)).resource?.entry as Row[];
    const references = entriesOf(rows[0]?.resource as FhirResource, '185362004').map(
      ({ reference }) => reference,
    );
    const people = rows.filter(({ fullUrl }) => references.some((one) => fullUrl?.endsWith(one)));
    return JSON.stringify(people.map(({ resource }) => resource));
  };
  const role = 'http://nictiz.nl/fhir/StructureDefinition/practitionerrole-reference';
  const asked = (agent: Tree): FhirResource => ({
    resourceType: 'Task',
    id: 't',
    status: 'requested',
    requester: { agent },
  });

  test('have the requester of the Task as sender, by reference or by role', async () => {
    expect(await sendersOf(loose([asked({ reference: 'Practitioner/prac-2' })]))).toContain('A. Behandelaar');
    const extension = [
      { url: 'https://epd.example/other', valueReference: { reference: 'Practitioner/prac-1' } },
      { url: role, valueReference: { reference: 'PractitionerRole/role-2' } },
    ];
    expect(await sendersOf(loose([asked({ extension })]))).toContain('A. Behandelaar');
    expect(await sendersOf(loose([asked({ reference: 'Organization/org-1' })]))).toContain('A. Zender');
  });

  test('say so when the sender is taken from a role that names no organisation', async () => {
    const body = loose([], (resources) => {
      for (const resource of resources)
        if (resource.resourceType === 'PractitionerRole') delete resource.organization;
    });
    expect(await said(body)).toContain('handover-sender-derived');
  });
});
