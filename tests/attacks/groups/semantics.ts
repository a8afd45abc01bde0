// Group F, and C27 and C29: does the gateway keep to what FHIR and the handover mean, whoever asks and however it is written?
import type { FhirResource } from '../../../src/model.ts';
import { participant } from '../../world/cast.ts';
import {
  bundle as bundleOf,
  clinicalResources,
  composition,
  resourceIn,
} from '../../world/nursingHandoff.ts';
import { type Case, type Expected, type Group, must, mustAll, refusals, type Try } from '../attack.ts';
import { ecdB, ecdC, epd, gpD, off, offEndpoint, past, twins } from '../cast.ts';
import { changed, handoff, newCase, rowsOf } from '../content.ts';
import {
  fhirJson,
  fhirXml,
  handedOver,
  locationOf,
  push,
  putTask,
  readTask,
  statusOf,
} from '../handovers.ts';
import { mustBe, plain } from '../raw.ts';
import { type Seen, type Stage, until } from '../stage.ts';
import { semanticsMedication } from './semanticsMedication.ts';
import { semanticsRegistered } from './semanticsRegistered.ts';

type Tree = Record<string, unknown>;
const completed = (task: Tree, more: Tree = {}): Tree => ({ ...task, status: 'completed', ...more });
const refused: Expected = { status: 422 };
const named = (place: string): Expected => ({
  status: 422,
  check: (seen) =>
    seen.text.includes(place) ? undefined : `${place} is not named: ${seen.text.slice(0, 200)}`,
});
const accepted = { status: 202 };

async function massAssignment(stage: Stage): Promise<string> {
  const { taskId, task } = await handedOver(stage);
  const input = task.input as Tree[];
  const put = (name: string, body: Tree, place: string): Try =>
    plain(name, () => putTask(stage, taskId, body), named(place));
  const tries = [
    put('owner', completed(task, { owner: { identifier: { value: '90000503' } } }), 'Task.owner'),
    put('for', completed(task, { for: { reference: 'Patient/1' } }), 'Task.for'),
    put(
      'an extra input',
      completed(task, { input: [...input, { type: { text: 'x' }, valueString: 'y' }] }),
      'Task.input',
    ),
    put('no input', completed(task, { input: undefined }), 'Task.input'),
    put(
      'an unknown extension',
      completed(task, { extension: [{ url: 'http://evil.example/x', valueString: 'y' }] }),
      'Task.extension',
    ),
    put('requester', completed(task, { requester: undefined }), 'Task.requester'),
    put('intent', completed(task, { intent: 'proposal' }), 'Task.intent'),
    put('output', completed(task, { output: [{ type: { text: 'x' }, valueString: 'y' }] }), 'Task.output'),
    put('description', completed(task, { description: 'x' }), 'Task.description'),
    put(
      'a profile',
      completed(task, { meta: { ...(task.meta as Tree), profile: ['http://evil.example'] } }),
      'Task.meta',
    ),
    put('a note', completed(task, { note: [{ text: 'x' }] }), 'Task.note'),
    put(
      'status with an extension',
      completed(task, { _status: { extension: [{ url: 'http://x.example', valueString: 'y' }] } }),
      'status',
    ),
    plain(
      'an element that does not exist',
      () => putTask(stage, taskId, completed(task, { isAdmin: true })),
      named('isAdmin'),
    ),
  ];
  const seen = await mustAll(stage, tries);
  stage.recorded.push(...seen);
  must(
    JSON.parse((await readTask(stage, taskId)).text).status === 'in-progress',
    'the Task has changed all the same',
  );
  const reordered = Object.fromEntries(Object.entries(completed(task)).reverse());
  const twin = await putTask(stage, taskId, reordered);
  mustBe(twin, { status: 200 }, 'other order');
  const other = await handedOver(stage);
  const xml = await stage.ask({
    path: `/stu3/Task/${other.taskId}`,
    as: ecdB,
    headers: { accept: 'application/fhir+xml' },
  });
  const text = xml.text.replace('<status value="in-progress"/>', '<status value="completed"/>');
  mustBe(await putTask(stage, other.taskId, text, { headers: fhirXml }), { status: 200 }, 'the same in XML');
  return `${seen.length} named in 422; twins 200 in another order and in XML`;
}

async function transitions(stage: Stage): Promise<string> {
  const { taskId, task, receiver } = await handedOver(stage, { receiver: stage.freshReceiver() });
  const put = (status: unknown): Promise<Seen> =>
    putTask(stage, taskId, { ...task, status }, { as: receiver });
  for (const status of [
    'cancelled',
    'ready',
    'requested',
    'rejected',
    'failed',
    'on-hold',
    'draft',
    'COMPLETED',
    'entered-in-error',
  ]) {
    mustBe(await put(status), { status: [400, 422] }, status);
  }
  for (const status of ['unknown-code', '', null, 7, ['completed'], { value: 'completed' }, 'completed ']) {
    mustBe(await put(status), { status: [400, 422] }, JSON.stringify(status));
  }
  mustBe(await putTask(stage, taskId, completed(task), { as: epd }), { status: [403, 404] }, 'by the sender');
  mustBe(await put('in-progress'), { status: 200 }, 'the same status');
  mustBe(await put('completed'), { status: 200 }, 'completed');
  mustBe(await put('completed'), { status: 200 }, 'completed twice');
  mustBe(await put('in-progress'), { status: 422 }, 'back');
  mustBe(await put('cancelled'), { status: 422 }, 'cancelled after');
  return '422 for all but in-progress → completed; twice 200; back 422';
}

async function conditions(stage: Stage): Promise<string> {
  const { taskId, task, etag } = await handedOver(stage);
  const put = (value: string): Promise<Seen> =>
    putTask(stage, taskId, completed(task), { headers: { ...fhirJson, 'if-match': value } });
  for (const stale of ['W/"0"', 'W/"2"', '"99"', 'W/"x"', 'W/"1 "', 'W/"0", W/"7"']) {
    mustBe(await put(stale), { status: [412, 400] }, stale);
  }
  for (const wrong of ['1', 'W/1', "W/'1'", 'W/"1', 'x'.repeat(8_000), '"1" "1"']) {
    mustBe(await put(wrong), { status: [400, 412] }, wrong.slice(0, 10));
  }
  must(JSON.parse((await readTask(stage, taskId)).text).status === 'in-progress', 'changed all the same');
  mustBe(await put(etag), { status: 200 }, 'the right tag');
  const other = await handedOver(stage);
  const any = await putTask(stage, other.taskId, completed(other.task), {
    headers: { ...fhirJson, 'if-match': '*' },
  });
  mustBe(any, { status: 200 }, '*');
  return '412/400 for stale and malformed; twin 200; * as published';
}

async function together(stage: Stage): Promise<string> {
  const receiver = stage.freshReceiver();
  const { taskId, task, etag, location } = await handedOver(stage, { receiver });
  await until(() => stage.receiver.of(receiver.id).length === 1, 'the announcement');
  const callbacks = (): number =>
    stage.receiver.of(epd.id).filter((one) => one.body.includes(location)).length;
  const before = callbacks();
  const all = await Promise.all(
    Array.from({ length: 50 }, () =>
      putTask(stage, taskId, completed(task), { as: receiver, headers: { ...fhirJson, 'if-match': etag } }),
    ),
  );
  const count = (status: number): number => all.filter((one) => one.status === status).length;
  must(count(200) >= 1 && count(200) + count(412) === 50, `${count(200)} times 200, ${count(412)} times 412`);
  await until(() => stage.receiver.of(receiver.id).length >= 2 && callbacks() > before, 'echo and callback');
  await new Promise((resolve) => setTimeout(resolve, 800));
  must(stage.receiver.of(receiver.id).length === 2, `${stage.receiver.of(receiver.id).length - 1} echoes`);
  must(callbacks() - before === 1, `${callbacks() - before} callbacks`);
  const read = await readTask(stage, taskId, receiver);
  must(read.headers.etag === 'W/"2"', `the Task changed ${read.headers.etag}`);
  return `${count(200)}×200 ${count(412)}×412; one change, one echo, one callback`;
}

async function wrongBodies(stage: Stage): Promise<string> {
  const { taskId, task } = await handedOver(stage);
  const other = await handedOver(stage);
  const bad: Expected = { status: [400, 422] };
  const put = (name: string, body: unknown): Try => plain(name, () => putTask(stage, taskId, body), bad);
  const { id: _id, ...without } = completed(task);
  const text = JSON.stringify(completed(task));
  const seen = await mustAll(stage, [
    put('another id', completed(other.task)),
    put('no id', without),
    put('another type', { resourceType: 'Patient', id: taskId }),
    put('a list', [completed(task)]),
    put('text', '"completed"'),
    put('null', 'null'),
    put('nothing', ''),
    put('resourceType twice', text.replace('{', '{"resourceType":"Task",')),
    put('status twice', text.replace('{', '{"status":"in-progress",')),
    put('a Bundle of it', {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: completed(task) }],
    }),
    put('id with an extension', { ...completed(task), id: `${taskId}/..` }),
    put('a Task of R4', completed(task, { requester: { reference: 'Organization/1' } })),
    put('contained evil', completed(task, { contained: [{ resourceType: 'Patient', id: 'x' }] })),
  ]);
  mustBe(await putTask(stage, taskId, completed(task)), { status: 200 }, 'twin');
  return `${seen.length} refused; twin 200`;
}

const verbs: Case = {
  id: 'F06',
  title: 'verbs that the exchange does not list',
  run: refusals({
    recorded: true,
    tries: async (stage) => {
      const { taskId, task, compositionId } = await handedOver(stage);
      const ask = (method: string, path: string, body?: unknown): Try =>
        plain(
          `${method} ${path.replace(/[0-9a-f-]{36}/, '…')}`,
          () =>
            stage.ask({
              method,
              path,
              as: ecdB,
              headers: body === undefined ? {} : fhirJson,
              ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            }),
          // an address that another exchange has: without its scope 403
          { status: [403, 404, 405, 422, 400] },
        );
      return [
        ask('PATCH', `/stu3/Task/${taskId}`, [{ op: 'replace', path: '/status', value: 'completed' }]),
        ask('DELETE', `/stu3/Task/${taskId}`),
        ask('PUT', '/stu3/Task?identifier=x', completed(task)),
        ask('POST', '/stu3/Task', task),
        ask('POST', `/stu3/Task/${taskId}`, task),
        ask('PUT', `/stu3/Composition/${compositionId}`, { resourceType: 'Composition', id: compositionId }),
        ask('DELETE', `/stu3/Composition/${compositionId}`),
        ask('POST', '/stu3', { resourceType: 'Bundle', type: 'batch', entry: [] }),
        ask('POST', '/stu3/', { resourceType: 'Bundle', type: 'transaction', entry: [] }),
        ask('POST', '/r4', { resourceType: 'Bundle', type: 'batch', entry: [] }),
        ask('GET', `/stu3/Task/${taskId}/_history`),
        ask('GET', `/stu3/Task/${taskId}/_history/1`),
        ask('GET', '/stu3/$handover'),
        ask('PUT', '/stu3/$handover', {}),
        ask('POST', `/stu3/Composition/${compositionId}/$document`, {}),
        ask('GET', `/stu3/Composition/${compositionId}/$document?persist=true`),
        ask('GET', `/r4/Task/${taskId}`),
        ask('GET', '/stu3/$export'),
        ask('GET', '/stu3/_history'),
        ask('POST', '/stu3/Patient/$everything', {}),
      ];
    },
    twin: async (stage) => {
      const { taskId, task } = await handedOver(stage);
      return plain('PUT Task', () => putTask(stage, taskId, completed(task)), { status: 200 });
    },
    after: (stage) =>
      void stage.recorded.splice(
        0,
        stage.recorded.length,
        ...stage.recorded.filter((one) => ![400, 404, 405].includes(one.status)),
      ),
  }),
};

const stranger = participant({ id: 'nowhere', name: 'Nergens', ura: '90000999' });
const second =
  (type: string, id: string, more: Tree): ((bundle: FhirResource) => void) =>
  (bundle) =>
    void rowsOf(bundle).push({
      fullUrl: `https://epd.hospital.example/fhir/${type}/${id}`,
      resource: { resourceType: type, id, ...more },
    });
const otherPatient = second('Patient', 'pat-2', {
  identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900018' }],
});

const impersonations: Case = {
  id: 'F07',
  title: 'content in another name, of two patients, of two handovers',
  run: refusals({
    recorded: true,
    tries: () => {
      const sent = (name: string, make: () => FhirResource, expected: Expected = refused): Try =>
        plain(name, (stage) => push(stage, make()), expected);
      const with_ = (change: (bundle: FhirResource) => void): FhirResource => {
        const made = handoff();
        change(made);
        return made;
      };
      return [
        sent(
          'two Compositions',
          () => with_(second('Composition', 'comp-2', { ...composition(), id: 'comp-2' })),
          { status: 422, code: 'handover-one-composition' },
        ),
        sent('another patient beside', () => with_(otherPatient), {
          status: 422,
          code: 'handover-one-patient',
        }),
        sent(
          'Coverage of another patient',
          () =>
            with_((made) => {
              otherPatient(made);
              resourceIn(made, 'Coverage/cov-1').beneficiary = { reference: 'Patient/pat-2' };
            }),
          { status: 422, code: 'handover-one-patient' },
        ),
        sent('sent by ECD-C', () => handoff({ sender: ecdC }), {
          status: 422,
          code: 'handover-sender-other',
        }),
        sent('sent by a URA of nobody', () => handoff({ sender: stranger }), {
          status: 422,
          code: 'handover-sender-other',
        }),
        sent(
          'author is ECD-C',
          () =>
            with_((made) => {
              second('Organization', 'org-9', { identifier: ecdC.identifiers, name: 'x' })(made);
              resourceIn(made, 'Composition/comp-1').author = [{ reference: 'Organization/org-9' }];
            }),
          { status: 422, code: 'handover-sender-other' },
        ),
        sent(
          'custodian is ECD-C',
          () =>
            with_((made) => {
              second('Organization', 'org-9', { identifier: ecdC.identifiers, name: 'x' })(made);
              resourceIn(made, 'Composition/comp-1').custodian = { reference: 'Organization/org-9' };
            }),
          { status: 422, code: 'handover-sender-other' },
        ),
        plain('EPD-A’s content by GP-D', (stage) => push(stage, handoff(), { as: gpD }), {
          status: 422,
          code: 'handover-sender-other',
        }),
        sent(
          'the same resource twice, differing',
          () =>
            with_((made) => {
              const row = rowsOf(made).find((one) => (one.resource as Tree).id === 'cond-1');
              rowsOf(made).push({
                ...row,
                resource: { ...(row?.resource as Tree), code: { text: 'anders' } },
              });
            }),
          { status: 422, code: 'handover-duplicate' },
        ),
        sent('a contained patient beside the patient', () =>
          with_((made) => {
            const condition = resourceIn(made, 'Condition/cond-1');
            condition.contained = [
              {
                resourceType: 'Patient',
                id: 'p',
                identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900018' }],
              },
            ];
            condition.subject = { reference: '#p' };
          }),
        ),
        sent('a foreign BSN in a reference', () =>
          with_((made) => {
            resourceIn(made, 'Condition/cond-1').subject = {
              identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900018' },
            };
          }),
        ),
      ];
    },
    twin: () => plain('its own content', (stage) => push(stage, handoff()), accepted),
  }),
};

const wrongReceivers: Case = {
  id: 'F08',
  title: 'a receiver that is two, none, switched off or past',
  run: async (stage) => {
    const before = stage.receiver.log.length;
    const byAgb = participant({ id: 'x', name: 'x', agb: '47990599' });
    const two = {
      ...participant({ id: 'x', name: 'x' }),
      identifiers: [...ecdB.identifiers, ...ecdC.identifiers],
    };
    const sent = (name: string, receiver: typeof ecdB, code: string): Try =>
      plain(name, () => push(stage, handoff({ receiver })), { status: 422, code });
    const seen = await mustAll(stage, [
      sent('one AGB of two', byAgb, 'handover-receiver-several'),
      sent('identifiers of two', two, 'handover-receiver-several'),
      plain(
        'by name only',
        () =>
          push(
            stage,
            changed('Organization/org-2', (one) => {
              delete one.identifier;
            }),
          ),
        { status: 422, code: 'handover-receiver-no-identifier' },
      ),
      sent('unknown', stranger, 'handover-receiver-unknown'),
      sent('not active', off, 'handover-receiver-inactive'),
      sent('endpoint off', offEndpoint, 'endpoint-off'),
      sent('period over', past, 'outside-period'),
      plain('several causes at once', () => push(stage, handoff({ receiver: past, transferDate: null })), {
        status: 422,
        check: (one) =>
          ['outside-period', 'handover-transfer-date'].every((code) => one.text.includes(code))
            ? undefined
            : one.text.slice(0, 300),
      }),
    ]);
    stage.recorded.push(...seen);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const heard = stage.receiver.log
      .slice(before)
      .filter((one) => [off, past, offEndpoint, ...twins].some((who) => one.path.includes(who.id)));
    must(heard.length === 0, `${heard.length} notifications went out`);
    mustBe(await push(stage, handoff()), accepted, 'twin');
    return `${seen.length} times 422 with each cause, nothing sent; twin 202`;
  },
};

async function labels(stage: Stage): Promise<string> {
  const label = [{ system: 'http://hl7.org/fhir/v3/Confidentiality', code: 'V' }];
  const bundle = handoff();
  resourceIn(bundle, 'Condition/cond-1').meta = {
    security: label,
    tag: [{ system: 'http://hl7.org/fhir/v3/ObservationValue', code: 'SUBSETTED' }],
  };
  resourceIn(bundle, 'Observation/obs-weight').modifierExtension = [
    { url: 'http://evil.example/not', valueBoolean: true },
  ];
  const seen = await push(stage, bundle);
  mustBe(seen, { status: 202, code: 'handover-modifier' }, 'modifierExtension is named');
  must(seen.text.includes('handover-subsetted'), 'SUBSETTED is named');
  const status = await statusOf(stage, locationOf(seen));
  const task = JSON.parse((await readTask(stage, String(status.task).split('/').at(-1) ?? '')).text);
  const document = await stage.ask({
    path: `/stu3/${task.input[0].valueReference.reference}/$document`,
    as: ecdB,
  });
  must(
    document.text.includes('"code":"V"') && document.text.includes('http://evil.example/not'),
    'labels are kept',
  );
  const rules = (place: (made: FhirResource) => FhirResource): FhirResource => {
    const made = handoff();
    place(made).implicitRules = 'http://evil.example/rules';
    return made;
  };
  mustBe(
    await push(
      stage,
      rules((made) => made),
    ),
    { status: 422, code: 'handover-implicit-rules' },
    'on the Bundle',
  );
  mustBe(
    await push(
      stage,
      rules((made) => resourceIn(made, 'Condition/cond-1')),
    ),
    { status: 422, code: 'handover-implicit-rules' },
    'inside',
  );
  return 'labels kept, modifierExtension and SUBSETTED named, implicitRules 422';
}

const bundles: Case = {
  id: 'F14',
  title: 'Bundles that are no handover, and requests inside',
  run: async (stage) => {
    const victim = await handedOver(stage);
    const typed = (type: string): Try => plain(type, () => push(stage, { ...handoff(), type }), refused);
    const asked = (method: string, url: string): Try =>
      plain(
        `${method} ${url}`,
        () => {
          const made: FhirResource = { ...handoff(), type: 'transaction' };
          made.entry = rowsOf(made).map((row, index) => ({
            ...row,
            request:
              index === 3
                ? { method, url }
                : {
                    method: 'PUT',
                    url: `${(row.resource as Tree).resourceType}/${(row.resource as Tree).id}`,
                  },
          }));
          return push(stage, made);
        },
        { status: [400, 422] },
      );
    const seen = await mustAll(stage, [
      ...['history', 'message', 'batch', 'batch-response', 'transaction-response', 'nonsense', ''].map(typed),
      asked('DELETE', `Task/${victim.taskId}`),
      asked('GET', 'Patient'),
      asked('PATCH', `Task/${victim.taskId}`),
      asked('put', 'x'),
      plain(
        'no type',
        () => {
          const { type: _type, ...made } = handoff();
          return push(stage, made as FhirResource);
        },
        refused,
      ),
      plain(
        'a page with a next one',
        () =>
          push(stage, {
            ...handoff(),
            type: 'searchset',
            link: [{ relation: 'next', url: 'http://evil.example' }],
          }),
        refused,
      ),
    ]);
    const nested = handoff();
    rowsOf(nested).push({
      resource: {
        resourceType: 'Bundle',
        type: 'batch',
        entry: [{ request: { method: 'DELETE', url: `Task/${victim.taskId}` } }],
      },
    });
    mustBe(
      await push(stage, nested),
      { status: 202, code: 'handover-outside' },
      'a batch beside the handover is left out and remarked on',
    );
    must((await readTask(stage, victim.taskId)).status === 200, 'a DELETE inside was executed');
    const made: FhirResource = { ...handoff(), type: 'transaction' };
    made.entry = rowsOf(made).map((row) => ({
      ...row,
      request: { method: 'PUT', url: `${(row.resource as Tree).resourceType}/${(row.resource as Tree).id}` },
    }));
    mustBe(await push(stage, made), accepted, 'a transaction of PUTs');
    return `${seen.length} refused, nothing executed; twin 202`;
  },
};

const asText = (make: (text: string) => string): string => make(JSON.stringify(handoff()));
const dated = (value: string): string =>
  asText((text) => text.replace('"2026-01-14T08:30:00+01:00"', JSON.stringify(value)));

async function servedAfter(stage: Stage, body: string): Promise<string> {
  const seen = await push(stage, body);
  mustBe(seen, accepted, 'the push');
  const status = await statusOf(stage, locationOf(seen));
  const task = JSON.parse((await readTask(stage, String(status.task).split('/').at(-1) ?? '')).text);
  return (await stage.ask({ path: `/stu3/${task.input[0].valueReference.reference}/$document`, as: ecdB }))
    .text;
}

async function dates(stage: Stage): Promise<string> {
  const wrong = [
    '2024-02-30',
    '2023-02-29',
    '2026-01-14T24:00:00Z',
    '2026-01-14T08:30:00+14:01',
    '2026-13-01',
    '2026-01-14T08:30:00',
    '2026-1-4',
    '14-01-2026',
    '2026-01-14T25:00:00Z',
    '2026-01-14T08:60:00Z',
    '',
    ' 2026',
    '2026-01-14 08:30:00Z',
    '+12026',
    '2026-01-14T08:30:00+01',
    '2026-W03',
  ];
  for (const value of wrong) mustBe(await push(stage, dated(value)), { status: [400, 422] }, `"${value}"`);
  const kept = [
    '2026',
    '2026-01',
    '9999-12-31',
    '2026-01-14T08:30:00.1234567890123456789012345678901234567890+01:00',
    '2026-01-14T08:30:00-12:00',
    '2026-01-14T08:30:00+14:00',
    '2026-01-14T08:30:00Z',
    '2016-12-31T23:59:60Z',
  ];
  for (const value of kept) {
    const seen = await push(stage, dated(value));
    if (seen.status === 422) continue;
    must(
      (await servedAfter(stage, dated(value))).includes(`"${value}"`),
      `${value} did not come back as it was`,
    );
  }
  const year = await servedAfter(stage, JSON.stringify(handoff({ transferDate: '2026' })));
  must(year.includes('"valueDateTime":"2026"'), 'a year only as transfer date');
  return `${wrong.length} refused, ${kept.length} kept to the letter or refused`;
}

const decimal = (value: string): string => asText((text) => text.replace('"value":64.5', `"value":${value}`));

async function decimals(stage: Stage): Promise<string> {
  const kept = [
    '1.10',
    '0.0000001',
    '-0.50',
    '12345678901234567890123456789012345678.90',
    '1.0',
    '1e3',
    '100',
    '1E-7',
    '-0',
    '0.1000000000000000055511151231257827',
  ];
  for (const value of kept) {
    const body = decimal(value);
    const seen = await push(stage, body);
    if ([400, 422].includes(seen.status)) continue;
    must(
      new RegExp(`"value":${value.replaceAll(/[.+]/g, '\\$&')}[,}]`).test(
        await servedAfter(stage, decimal(value)),
      ),
      `${value} was rounded`,
    );
  }
  for (const value of [
    '1.',
    '.5',
    '+1',
    '01',
    '0x10',
    'NaN',
    'Infinity',
    '"64.5"',
    '1e',
    '--1',
    '1,5',
    'true',
    '[64.5]',
    '1_0',
  ]) {
    mustBe(await push(stage, decimal(value)), { status: [400, 422] }, value);
  }
  const big = await push(stage, decimal('1e400'));
  must([202, 400, 422].includes(big.status), `1e400: ${big.status}`);
  const integer = (value: string): string =>
    asText((text) => text.replace('"type":"document"', `"type":"document","total":${value}`));
  for (const value of ['2147483648', '9007199254740993', '-1', '1.5', '"1"'])
    mustBe(await push(stage, integer(value)), { status: [400, 422] }, `total ${value}`);
  const coded = (code: string): string =>
    asText((text) => text.replace('"clinicalStatus":"active"', `"clinicalStatus":${JSON.stringify(code)}`));
  for (const code of [' active', 'active ', 'act  ive', '', '\tactive'])
    mustBe(await push(stage, coded(code)), { status: [400, 422] }, `code "${code}"`);
  return `${kept.length} decimals as written, 24 others refused`;
}

const shapes: Case = {
  id: 'F17',
  title: 'elements that FHIR does not have, or not so',
  run: refusals({
    recorded: true,
    tries: () => {
      const bad = (name: string, change: (resource: Tree) => void, key = 'Condition/cond-1'): Try =>
        plain(name, (stage) => push(stage, changed(key, change)), {
          status: [400, 422],
          check: (seen) =>
            /Bundle\.entry\[\d+\]|Bundle/.test(seen.text)
              ? undefined
              : `no place: ${seen.text.slice(0, 200)}`,
        });
      return [
        bad('unknown element', (one) => (one.zzz = 1)),
        bad('wrong case', (one) => (one.ClinicalStatus = 'active')),
        bad('null in a list', (one) => (one.category = [null])),
        bad('null', (one) => (one.code = null)),
        bad('empty object', (one) => (one.code = {})),
        bad('empty list', (one) => (one.category = [])),
        bad('empty text', (one) => (one.code = { text: '' })),
        bad('a list for one', (one) => (one.code = [{ text: 'x' }])),
        bad('one for a list', (one) => (one.category = { text: 'x' })),
        bad('number for text', (one) => (one.code = { text: 7 })),
        bad('text for boolean', (one) => (one.active = 'true'), 'Organization/org-1'),
        bad('two choices', (one) => (one.onsetString = 'x')),
        bad('a choice that does not exist', (one) => (one.onsetBoolean = true)),
        bad('_element that is no object', (one) => (one._clinicalStatus = 'x')),
        bad('_element of an object', (one) => (one._code = { id: 'x' })),
        bad('extension without url', (one) => (one.extension = [{ valueString: 'x' }])),
        bad(
          'extension with value and children',
          (one) =>
            (one.extension = [
              { url: 'http://x.example', valueString: 'x', extension: [{ url: 'y', valueString: 'z' }] },
            ]),
        ),
        bad('an element of R4', (one) => (one.recordedDate = '2026')),
        bad('an id with a slash', (one) => (one.id = 'a/b')),
        bad('an unknown type', (one) => (one.resourceType = 'Conditionn')),
        bad('type of R4', (one) => (one.resourceType = 'ServiceRequest')),
        bad('resourceType as a list', (one) => (one.resourceType = ['Condition'])),
        bad('fhir_comments as an element', (one) => (one.fhirComments = ['x'])),
      ];
    },
    twin: () =>
      plain(
        '_status without status',
        (stage) =>
          push(
            stage,
            changed('Condition/cond-1', (one) => {
              one._clinicalStatus = {
                extension: [
                  { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' },
                ],
              };
              one.clinicalStatus = undefined;
            }),
          ),
        accepted,
      ),
  }),
};

type Stated = { type: string; codes: ReadonlySet<string>; id: string };

/** Calls that are listed and not served, or the other way round. */
async function unlikeStated(stage: Stage, { type, codes, id }: Stated): Promise<string[]> {
  const body = JSON.stringify({ resourceType: type, id });
  const calls: [string, string, string, string?][] = [
    ['read', 'GET', `/stu3/${type}/${id}`],
    ['update', 'PUT', `/stu3/${type}/${id}`, body],
    ['delete', 'DELETE', `/stu3/${type}/${id}`],
    ['create', 'POST', `/stu3/${type}`, body],
    ['search-type', 'GET', `/stu3/${type}`],
    ['vread', 'GET', `/stu3/${type}/${id}/_history/1`],
  ];
  // a listed call on something unknown reaches the exchange: 404, or 422 for a body without content
  const reached: readonly number[] = [404, 422];
  const refusedWith: Readonly<Record<string, number>> = { 'search-type': 422, vread: 404 };
  const wrong: string[] = [];
  for (const [code, method, path, sent] of calls) {
    const more = sent ? { headers: fhirJson, body: sent } : {};
    const { status } = await stage.ask({ method, path, as: ecdB, ...more });
    const right = codes.has(code) ? reached : [405, refusedWith[code]];
    if (!right.includes(status)) wrong.push(`${method} ${path.replace(id, '…')}: ${status}`);
  }
  return wrong;
}

async function capability(stage: Stage): Promise<string> {
  const statement = JSON.parse((await stage.ask({ path: '/stu3/metadata' })).text);
  const [rest] = statement.rest;
  const id = '00000000-0000-4000-8000-00000000000f';
  const listed: string[] = [];
  const wrong: string[] = [];
  for (const { type, interaction } of rest.resource) {
    listed.push(type);
    const codes = new Set((interaction as { code: string }[]).map(({ code }) => code));
    wrong.push(...(await unlikeStated(stage, { type, codes, id })));
  }
  for (const type of ['AuditEvent', 'Subscription', 'User', 'Bundle', 'ServiceRequest']) {
    const seen = await stage.ask({ path: `/stu3/${type}/${id}`, as: ecdB });
    if (!listed.includes(type) && seen.status !== 404) wrong.push(`${type} is not listed: ${seen.status}`);
  }
  const operations = [
    ...(rest.operation ?? []),
    ...rest.resource.flatMap((one: Tree) => one.operation ?? []),
  ].map((one) => one.name);
  must(operations.includes('handover'), `operations: ${operations}`);
  must(wrong.length === 0, wrong.slice(0, 6).join(' | '));
  return `${listed.length} types, 6 calls each: listed is served, unlisted refused`;
}

const foreignWalk: Case = {
  id: 'C27',
  title: 'another organisation’s handover, at every address',
  run: async (stage) => {
    const own = await handedOver(stage);
    const document = await stage.ask({ path: `/stu3/Composition/${own.compositionId}/$document`, as: ecdB });
    must(document.status === 200, `the document: ${document.status}`);
    const keys = [...new Set(document.text.match(/[A-Z][A-Za-z]+\/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [])];
    must(keys.length > 15, `${keys.length} resources`);
    const paths = [
      `/stu3/Task/${own.taskId}`,
      `/stu3/Composition/${own.compositionId}/$document`,
      own.location,
      ...keys.map((key) => `/stu3/${key}`),
    ];
    const tries: Try[] = paths.flatMap((path) =>
      [ecdC, gpD].map((as) =>
        plain(`${as.id} ${path}`, () => stage.ask({ path, as }), { status: 404, code: 'not-found' }),
      ),
    );
    tries.push(
      ...[ecdC, gpD].map((as) =>
        plain(`${as.id} PUT`, () => putTask(stage, own.taskId, completed(own.task), { as }), { status: 404 }),
      ),
      ...[ecdC, gpD, ecdB].map((as) =>
        plain(`${as.id} DELETE`, () => stage.ask({ method: 'DELETE', path: own.location, as }), {
          status: 404,
        }),
      ),
      plain('B reads A’s status', () => stage.ask({ path: own.location, as: ecdB }), { status: 404 }),
      ...keys.map((key) =>
        plain(`A reads B’s ${key}`, () => stage.ask({ path: `/stu3/${key}`, as: epd }), {
          status: [403, 404],
        }),
      ),
      plain(
        'A reads B’s document',
        () => stage.ask({ path: `/stu3/Composition/${own.compositionId}/$document`, as: epd }),
        { status: [403, 404] },
      ),
    );
    const seen = await mustAll(stage, tries);
    stage.recorded.push(...seen);
    const twins = await mustAll(
      stage,
      keys.map((key) => plain(key, () => stage.ask({ path: `/stu3/${key}`, as: ecdB }), { status: 200 })),
    );
    return `${seen.length} foreign reads 404; B reads ${twins.length} of its own`;
  },
};

const outsideWalk: Case = {
  id: 'C29',
  title: 'around the closure: wider reads, searches, guesses',
  run: async (stage) => {
    const one = await handedOver(stage);
    const made = handoff();
    second('Observation', 'hidden', {
      status: 'final',
      code: { text: 'verborgen' },
      subject: { reference: 'Patient/pat-1' },
    })(made);
    const pushed = await push(stage, made);
    mustBe(pushed, { status: 202, code: 'handover-outside' }, 'the resource outside is named');
    const task = JSON.parse(
      (
        await readTask(
          stage,
          String((await statusOf(stage, locationOf(pushed))).task)
            .split('/')
            .at(-1) ?? '',
        )
      ).text,
    );
    const document = await stage.ask({
      path: `/stu3/${task.input[0].valueReference.reference}/$document`,
      as: ecdB,
    });
    must(!document.text.includes('verborgen'), 'what is outside the closure left');
    const patient = /Patient\/([0-9a-f-]{36})/.exec(document.text)?.[1] ?? '';
    const composition_ = one.compositionId;
    const tries = [
      `/stu3/Observation/hidden`,
      `/stu3/Patient/pat-1`,
      `/stu3/Patient/${patient}/$everything`,
      `/stu3/Composition?patient=${patient}`,
      `/stu3/Composition?subject=Patient/${patient}`,
      '/stu3/Task?',
      '/stu3/Task',
      '/stu3/Task?owner=x',
      `/stu3/Task/${one.taskId}?_include=Task:for`,
      `/stu3/Composition/${composition_}?_include=*`,
      `/stu3/Composition/${composition_}?_revinclude=*:*`,
      `/stu3/Composition/${composition_}?_elements=id`,
      `/stu3/Composition/${composition_}?_summary=count`,
      `/stu3/Composition/${composition_}/$document?id=${patient}`,
      `/stu3/Patient/${patient}/Observation`,
      `/stu3/Observation/${patient}`,
      `/stu3/Patient/${composition_}`,
      `/stu3/Composition/${one.taskId}`,
      `/stu3/Bundle/${composition_}`,
      `/stu3/Patient/${patient}/_history`,
      '/stu3/Patient/_search',
      '/stu3/?_type=Patient',
      `/stu3/Observation?subject:Patient.identifier=999911612`,
      '/stu3/Observation?_has:Observation:patient:code=x',
      `/stu3/Patient?_id=${patient}`,
    ].map((path) => plain(path, () => stage.ask({ path, as: ecdB }), { status: [400, 404, 405, 422] }));
    const seen = await mustAll(stage, tries);
    mustBe(await stage.ask({ path: `/stu3/Patient/${patient}`, as: ecdB }), { status: 200 }, 'twin');
    return `${seen.length} refused, the resource outside is named and not served; twin 200`;
  },
};

async function afterEnd(stage: Stage): Promise<string> {
  const done = await handedOver(stage);
  const document = await stage.ask({ path: `/stu3/Composition/${done.compositionId}/$document`, as: ecdB });
  const keys = [...new Set(document.text.match(/[A-Z][A-Za-z]+\/[0-9a-f]{8}-[0-9a-f-]{27}/g) ?? [])];
  mustBe(await putTask(stage, done.taskId, completed(done.task)), { status: 200 }, 'completed');
  const ended: Expected = { status: 403, code: 'grant-ended' };
  const paths = [`/stu3/Composition/${done.compositionId}/$document`, ...keys.map((key) => `/stu3/${key}`)];
  const seen = await mustAll(
    stage,
    paths.flatMap((path) =>
      stage.urls.map((_, gateway) => plain(path, () => stage.ask({ path, as: ecdB, gateway }), ended)),
    ),
  );
  stage.recorded.push(...seen);
  must((await readTask(stage, done.taskId)).status === 200, 'the Task stays readable');
  const fresh = await stage.ask({ path: `/stu3/Composition/${done.compositionId}`, as: ecdC });
  must(fresh.status === 404, `for C it is unknown: ${fresh.status}`);
  const conditional = await stage.ask({ path: paths[0] ?? '', as: ecdB, headers: { 'if-none-match': '*' } });
  must(conditional.status === 403, `If-None-Match after the end: ${conditional.status}`);
  return `${seen.length} reads 403 grant-ended at every gateway; Task 200`;
}

export const semantics: Group = {
  id: 'F',
  title: 'FHIR semantics and grants (F, C27, C29)',
  cases: [
    ...semanticsRegistered,
    ...semanticsMedication,
    { id: 'F01', title: 'a Task put back with more than its status changed', run: massAssignment },
    { id: 'F02', title: 'status transitions', run: transitions },
    { id: 'F03', title: 'If-Match stale, malformed, *', run: conditions },
    { id: 'F04', title: 'fifty completions at once', run: together },
    { id: 'F05', title: 'a body that is not this Task', run: wrongBodies },
    verbs,
    impersonations,
    wrongReceivers,
    { id: 'F13', title: 'labels, tags, modifierExtension, implicitRules', run: labels },
    bundles,
    { id: 'F15', title: 'dates that do not exist, and those that must stay as written', run: dates },
    { id: 'F16', title: 'decimals, integers, codes', run: decimals },
    shapes,
    { id: 'F19', title: 'the CapabilityStatement is what is served', run: capability },
    foreignWalk,
    { id: 'C28', title: 'after the grant has ended', run: afterEnd },
    outsideWalk,
    {
      id: 'F20',
      title: 'loose resources and Parameters in another’s name',
      run: refusals({
        recorded: true,
        tries: () => {
          const parameters = (...rows: Tree[]): FhirResource => ({
            resourceType: 'Parameters',
            parameter: rows,
          });
          const content = { name: 'content', resource: handoff() };
          const sent = (name: string, body: FhirResource): Try =>
            plain(name, (stage) => push(stage, body), { status: [400, 422] });
          return [
            sent('content twice', parameters(content, content)),
            sent('an unknown part', parameters(content, { name: 'evil', valueString: 'x' })),
            sent(
              'receiver of two kinds',
              parameters(content, { name: 'receiver', valueIdentifier: { value: '1' }, valueString: 'x' }),
            ),
            sent(
              'receiver twice',
              parameters(
                content,
                { name: 'receiver', valueIdentifier: ecdB.identifiers[0] },
                { name: 'receiver', valueIdentifier: ecdC.identifiers[0] },
              ),
            ),
            sent('a case of blanks', parameters(content, { name: 'case', valueString: '   ' })),
            sent(
              'sender is ECD-C',
              parameters(content, {
                name: 'sender',
                resource: { resourceType: 'Organization', identifier: ecdC.identifiers },
              }),
            ),
            sent(
              'a transfer date that does not exist',
              parameters(content, { name: 'transferDate', valueDateTime: '2026-02-30' }),
            ),
            sent('nothing', parameters()),
            sent(
              'loose resources without the minimum',
              bundleOf('collection', clinicalResources().slice(0, 3), newCase()),
            ),
          ];
        },
        twin: () =>
          plain(
            'Parameters with receiver',
            (stage) =>
              push(stage, {
                resourceType: 'Parameters',
                parameter: [
                  { name: 'content', resource: handoff() },
                  { name: 'receiver', valueIdentifier: ecdB.identifiers[0] },
                ],
              }),
            accepted,
          ),
      }),
    },
  ],
};
