// F22: does a revoked set stay away, and is nothing kept that cannot be read?
import { must, mustAll, type Try } from '../attack.ts';
import { patients } from '../content.ts';
import { askCard, askOverview } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { uraOf } from '../region.ts';
import { smallJ } from '../regionCast.ts';
import { choose, named, operation, partIn, setOf, shown } from '../registeredSets.ts';
import type { Stage } from '../stage.ts';

/** A revoked set stays revoked; who asks gets nothing of it, nor from a page that was made before. */
export async function revoked(stage: Stage): Promise<string> {
  choose(stage);
  const one = setOf({ name: 'gone', words: 'vergeten' });
  const set = String(partIn(await operation(stage, 'register-wishes', one), 'set'));
  must((await shown(stage)).includes('Woorden vergeten'), 'twin: given while it lives');
  mustBe(await operation(stage, 'revoke-wishes', named(set)), { status: 200 }, 'revoked');
  for (const gateway of stage.urls.keys())
    must(
      !(await askCard(stage, 'kept', { gateway })).text.includes('vergeten'),
      `gateway ${gateway} still gives it`,
    );
  const ended = { status: 409, code: 'set-revoked' };
  await mustAll(stage, [
    plain('sent again', () => operation(stage, 'register-wishes', one), ended),
    plain(
      'with If-Match',
      () => operation(stage, 'register-wishes', one, { headers: { 'if-match': 'W/"1"' } }),
      ended,
    ),
    plain(
      'by its id',
      () => operation(stage, 'register-wishes', named(set, setOf({ name: 'gone', words: 'terug' }))),
      ended,
    ),
  ]);
  mustBe(await operation(stage, 'revoke-wishes', named(set)), { status: 200 }, 'revoked twice is once');
  must(!(await shown(stage)).includes('vergeten'), 'it came back');
  stage.region.mitz.setChoice({ bsn: patients.kept.bsn, holderUra: uraOf(smallJ), permit: false });
  const other = await askCard(stage, 'kept', { vouch: { practitioner: '900000761' } });
  must(
    !other.text.includes('Woorden eerste') && !other.text.includes('Woorden tweede'),
    'without consent the gateway gives its own records',
  );
  must((await askOverview(stage, 'kept')).status === 200, 'twin: an overview');
  return 'a revoked set stays away at each gateway; records kept here need consent like any other';
}

/** What cannot be read as a wish is refused with its place, never kept to be shown raw. */
export async function unreadable(stage: Stage): Promise<string> {
  const refused = { status: [400, 422] };
  const form = (more: object) => ({
    resourceType: 'QuestionnaireResponse',
    status: 'completed',
    questionnaire: 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020|1.0.0-rc2',
    subject: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patients.kept.bsn } },
    ...more,
  });
  const send = (name: string, body: unknown): Try =>
    plain(name, () => operation(stage, 'register-wishes', body), refused);
  const entry = setOf().entry as { resource: Record<string, unknown> }[];
  const withConsent = (more: object) => ({
    ...setOf({ name: 'odd' }),
    entry: entry.map((one) =>
      one.resource.resourceType === 'Consent' ? { ...one, resource: { ...one.resource, ...more } } : one,
    ),
  });
  const seen = await mustAll(stage, [
    send(
      'a form of another version',
      form({ questionnaire: 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020|9.0.0' }),
    ),
    send('another form', form({ questionnaire: 'https://example.org/Questionnaire/x' })),
    send('a form without answers', form({})),
    send(
      'an unknown modifier',
      withConsent({ modifierExtension: [{ url: 'http://x.example/not', valueBoolean: true }] }),
    ),
    send('unknown rules', withConsent({ implicitRules: 'http://x.example/rules' })),
    send('no decision', withConsent({ modifierExtension: undefined })),
    send(
      'of another patient',
      withConsent({
        patient: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patients.mix.bsn } },
      }),
    ),
    send('a batch', { ...setOf(), type: 'batch' }),
    send('a Task', { resourceType: 'Task', status: 'requested', intent: 'order' }),
    send('nothing', ''),
  ]);
  mustBe(await operation(stage, 'register-wishes', setOf({ name: 'twin' })), { status: [200, 201] }, 'twin');
  return `${seen.length} refused; twin kept`;
}
