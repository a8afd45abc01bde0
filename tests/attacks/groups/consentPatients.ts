// C32 and C33: is a question about two patients, or about one who is named otherwise, refused?
import type { Try } from '../attack.ts';
import { mustAll } from '../attack.ts';
import { patients } from '../content.ts';
import { hearing, silent } from '../hearing.ts';
import { askAs, askWishes } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { directives, formType, queryOf, search, servedId } from '../searches.ts';
import type { Stage } from '../stage.ts';

const bsn = patients.yes.bsn;

/** A value that is none, or a number in an address, may be told as malformed. */
export const malformed = { status: [400, 422] };

/** The patient twice, or none, or one that is written otherwise. */
export async function patientTwice(stage: Stage): Promise<string> {
  const mine = await servedId(stage, 'yes');
  const other = await servedId(stage, 'mix');
  const [, ...rest] = directives(mine);
  const ask = (name: string, query: string): Try =>
    plain(name, () => askAs(stage, { path: `/r4/Consent?${query}` }), malformed);
  const post = (name: string, query: string, body: string): Try =>
    plain(
      name,
      () =>
        askAs(stage, {
          method: 'POST',
          path: `/r4/Consent/_search${query}`,
          headers: formType,
          body: `${body}&${queryOf(rest)}`,
        }),
      malformed,
    );
  const tries = [
    ask('patient twice', queryOf([['patient', mine], ['patient', other], ...rest])),
    ask('the same twice', queryOf([['patient', mine], ['patient', mine], ...rest])),
    ask('in a list', queryOf([['patient', `${mine},${other}`], ...rest])),
    ask('an encoded list', `patient=${mine}%2CPatient%2F${other}&${queryOf(rest)}`),
    ask('an encoded ampersand', `patient=${mine}%26patient%3D${other}&${queryOf(rest)}`),
    ask('patient and subject', queryOf([['patient', mine], ['subject', other], ...rest])),
    ask('a modifier', queryOf([['patient:Patient', mine], ...rest])),
    ask('an array', `patient[]=${mine}&${queryOf(rest)}`),
    ask('by BSN', queryOf([['patient.identifier', `http://fhir.nl/fhir/NamingSystem/bsn|${bsn}`], ...rest])),
    ask('a bare BSN', queryOf([['patient', bsn], ...rest])),
    ask('none', queryOf(rest)),
    ask('empty', queryOf([['patient', ''], ...rest])),
    ask('another type', queryOf([['patient', `Person/${mine}`], ...rest])),
    ask('an absolute address', queryOf([['patient', `${stage.baseUrl}/r4/Patient/${mine}`], ...rest])),
    ask('a way up', queryOf([['patient', `Patient/../Patient/${mine}`], ...rest])),
    ask('upper case', queryOf([['Patient', mine], ...rest])),
    post('one in the address, one in the form', `?patient=${mine}`, `patient=${other}`),
    post('the same in both', `?patient=${mine}`, `patient=${mine}`),
    post('twice in the form', '', `patient=${mine}&patient=${other}`),
    post('BSN in the address of a POST', `?patient.identifier=${bsn}`, `patient=${mine}`),
  ];
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  mustBe(await search(stage, { type: 'Consent', pairs: directives(mine) }), { status: 200 }, 'twin');
  mustBe(
    await search(stage, { type: 'Consent', pairs: directives(mine), method: 'POST' }),
    { status: 200 },
    'twin',
  );
  return `${result.length} refused, no holder asked; twins 200`;
}

/** The same in the questions of the operations: one patient, named once, in its own place. */
export async function operationPatient(stage: Stage): Promise<string> {
  const other = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patients.mix.bsn };
  const ask = (name: string, ...more: object[]): Try =>
    plain(name, () => askWishes(stage, 'yes', { more }), malformed);
  const tries = [
    ask('patient twice', { name: 'patient', valueIdentifier: other }),
    ask('in other case', { name: 'Patient', valueIdentifier: other }),
    ask('subject', { name: 'subject', valueIdentifier: other }),
    ask('as the practitioner', { name: 'practitioner', valueIdentifier: other }),
    ask('as mandated by', { name: 'mandatedBy', valueIdentifier: other }),
    ask('BSN as break-glass', { name: 'breakGlass', valueString: bsn }),
    ask('a part', { name: 'patient', part: [{ name: 'x', valueIdentifier: other }] }),
    ask('a resource', { name: 'patient', resource: { resourceType: 'Patient', identifier: [other] } }),
    ask('two values', { name: 'at', valueDate: '2024-01-01', valueDateTime: '2025-01-01' }),
    ask('holder', { name: 'holder', valueIdentifier: { system: 'x', value: '90000505' } }),
    ask('exchange', { name: 'exchange', valueString: 'medication' }),
    ask('category', { name: 'category', valueCode: 'GGC013' }),
    ask('an extension of the name', { _name: { extension: [] }, valueString: 'x' }),
  ];
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  mustBe(await askWishes(stage, 'yes'), { status: 200 }, 'twin');
  return `${result.length} refused, no holder asked; twin 200`;
}
