// C04 to C06: is a search that differs from the standard's list in one detail refused before anybody is asked?
import type { Case, Try } from '../attack.ts';
import { mustAll } from '../attack.ts';
import { hearing, silent } from '../hearing.ts';
import { mustBe, plain } from '../raw.ts';
import { agreements, directives, type Pair, queryOf, search, servedId } from '../searches.ts';
import type { Stage } from '../stage.ts';
import { type malformed, operationPatient, patientTwice } from './consentPatients.ts';

export const refused = { status: 422, code: 'processing' };

type Types = readonly [type: string, pairs: (id: string) => readonly Pair[]][];

const types: Types = [
  ['Consent', directives],
  ['MedicationRequest', agreements],
];

async function nearMisses(
  stage: Stage,
  extras: readonly (readonly Pair[])[],
  expected: typeof refused | typeof malformed = refused,
): Promise<string> {
  const id = await servedId(stage, 'yes');
  const tries = types.flatMap(([type, pairs]) =>
    extras.flatMap((extra): Try[] =>
      (['GET', 'POST'] as const).map((method) =>
        plain(
          `${method} ${type} ${queryOf(extra).slice(0, 80)}`,
          () => search(stage, { type, pairs: [...pairs(id), ...extra], method }),
          expected,
        ),
      ),
    ),
  );
  const { result: seen, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  stage.recorded.push(...seen.filter(({ status }) => status === 422));
  for (const [type, pairs] of types)
    mustBe(await search(stage, { type, pairs: pairs(id) }), { status: 200 }, `twin ${type}`);
  return `${seen.length} refused, no holder asked; twins 200`;
}

const includes = (stage: Stage): Promise<string> =>
  nearMisses(stage, [
    [['_revinclude', 'Provenance:target']],
    [['_revinclude', '*:*']],
    [['_include', '*']],
    [['_include', '*:*']],
    [['_include', 'Consent:*']],
    [['_include', 'Consent:patient']],
    [['_include', 'Consent:data']],
    [['_include', 'Consent:actor:Patient']],
    [['_include', 'consent:actor']],
    [['_include', ' Consent:actor']],
    [['_include', 'Consent:actor,Consent:data']],
    [['_include:iterate', '*']],
    [['_include:iterate', 'Patient:general-practitioner']],
    [['_include:recurse', 'Consent:actor']],
    [['_include:all', 'Consent:actor']],
    [['_Include', 'Consent:actor']],
    [['include', 'Consent:actor']],
    [['_revinclude:iterate', 'Observation:subject']],
    [
      ['_include', 'Consent:actor'],
      ['_include', 'Consent:source'],
    ],
    [['_include', 'MedicationRequest:encounter']],
    [['_include', '']],
  ]);

const chains = (stage: Stage): Promise<string> =>
  nearMisses(stage, [
    [['subject:Patient.identifier', `http://fhir.nl/fhir/NamingSystem/x|1`]],
    [['patient:Patient.family', 'Kwartelveen']],
    [['patient.family', 'Kwartelveen']],
    [['patient.birthdate', '1940-05-01']],
    [['_has:Observation:patient:code', '1234']],
    [['_has:Consent:patient:status', 'active']],
    [['_filter', 'status eq active']],
    [['_query', 'all']],
    [['_contained', 'both']],
    [['_containedType', 'contained']],
    [['_list', '$current-allergies']],
    [['_text', 'rust']],
    [['_content', 'rust']],
    [['_type', 'Consent,Patient']],
    [['_source', 'http://example']],
    [['_security', 'R']],
    [['_profile', 'http://example']],
    [['_tag', 'x']],
    [['_lastUpdated', 'gt2020']],
    [['_id', '1']],
    [['actor.identifier', 'x|1']],
    [['source-reference:QuestionnaireResponse.subject', 'Patient/1']],
    [['status:not', 'inactive']],
    [['category:not', 'http://snomed.info/sct|129125009']],
    [['category:missing', 'true']],
    [['category:in', 'http://example/vs']],
  ]);

const harmless = (stage: Stage): Promise<string> =>
  nearMisses(stage, [
    [['_summary', 'count']],
    [['_summary', 'true']],
    [['_elements', 'id']],
    [['_total', 'accurate']],
    [['_total', 'estimate']],
    [['_sort', 'date']],
    [['_count', '0']],
    [['_count', '-1']],
    [['_count', '1e9']],
    [['_count', '99999999999']],
    [['_count', 'all']],
    [['_offset', '2']],
    [['_page', '2']],
    [['_getpages', 'x']],
    [['_maxresults', '9999']],
    [['_explain', 'true']],
    [['_cursor', 'x']],
    [['apikey', 'x']],
  ]);

export const consentNearMisses: readonly Case[] = [
  { id: 'C04', title: 'includes that no list has', run: includes },
  { id: 'C05', title: 'chains, reverse chains, filters and texts', run: chains },
  { id: 'C06', title: 'an allowed search with one harmless parameter more', run: harmless },
  { id: 'C32', title: 'a search for two patients, or for one that is written otherwise', run: patientTwice },
  { id: 'C33', title: 'a question about two patients', run: operationPatient },
];
