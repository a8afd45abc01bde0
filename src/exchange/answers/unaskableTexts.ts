// What must who asks do next, when a question may be put to nobody? One row per code of consent/reasons.ts that can come of it.
import type { Unaskable } from '../../consent/askable.ts';
import type { RefusalReason } from '../../consent/reasons.ts';
import type { Issue } from '../../model.ts';

const claim = '`hl7-b2b`';
const operator = [
  'Vraag de beheerder van de gateway dit te zetten',
  'Ask the operator of the gateway to set it',
];

const texts: Readonly<Partial<Record<RefusalReason, readonly [nl: string, en: string]>>> = {
  'requester-ura-missing': [
    `Uw organisatie staat hier zonder URA-nummer. ${operator[0]}`,
    `Your organisation has no URA number here. ${operator[1]}`,
  ],
  'requester-type-missing': [
    `Uw organisatie staat hier zonder organisatietype (\`facilityType\`). ${operator[0]}`,
    `Your organisation has no organisation type (\`facilityType\`) here. ${operator[1]}`,
  ],
  'requester-type-unknown': [
    `Het organisatietype (\`facilityType\`) van uw organisatie is hier niet bekend. ${operator[0]}`,
    `The organisation type (\`facilityType\`) of your organisation is not known here. ${operator[1]}`,
  ],
  'practitioner-missing': [
    `Niemand zegt welke zorgverlener vraagt: zet \`subject_id\` in ${claim} van de client assertion, of \`practitioner\` en \`role\` in de Parameters`,
    `Nobody says which professional asks: put \`subject_id\` into ${claim} of the client assertion, or \`practitioner\` and \`role\` into the Parameters`,
  ],
  'practitioner-number-unknown': [
    'Het nummer van de zorgverlener is van geen register dat Mitz kent: gebruik UZI, AGB of BIG',
    'The number of the professional is of no register that Mitz takes: use UZI, AGB or BIG',
  ],
  'practitioner-role-missing': [
    `De rol van de zorgverlener ontbreekt: zet \`subject_role\` in ${claim}, of \`role\` in de Parameters, als UZI-rolcode zoals 30.000`,
    `The role of the professional is missing: put \`subject_role\` into ${claim}, or \`role\` into the Parameters, as a UZI role code such as 30.000`,
  ],
  'practitioner-role-unknown': [
    'De rol van de zorgverlener is geen UZI-rolcode: twee cijfers, een punt, drie cijfers, zoals 30.000',
    'The role of the professional is no UZI role code: two digits, a dot, three digits, such as 30.000',
  ],
  'mandate-number-unknown': [
    'Het nummer van wie het mandaat gaf is van geen register dat Mitz kent: gebruik UZI, AGB of BIG',
    'The number of who gave the mandate is of no register that Mitz takes: use UZI, AGB or BIG',
  ],
  'mandate-role-missing': [
    'De rol van wie het mandaat gaf ontbreekt: `role_code` in `nl-mandate`, of `mandatedByRole` in de Parameters',
    'The role of who gave the mandate is missing: `role_code` in `nl-mandate`, or `mandatedByRole` in the Parameters',
  ],
  'mandate-role-unknown': [
    'De rol van wie het mandaat gaf is geen UZI-rolcode, zoals 01.015',
    'The role of who gave the mandate is no UZI role code, such as 01.015',
  ],
  'purpose-missing': [
    `Het doel ontbreekt: zet \`purpose_of_use\` in ${claim}, of \`purposeOfUse\` in de Parameters, zoals TREAT`,
    `The purpose of use is missing: put \`purpose_of_use\` into ${claim}, or \`purposeOfUse\` into the Parameters, such as TREAT`,
  ],
  'purpose-unknown': [
    'Dit doel is hier niet bekend: gebruik TREAT, COC of ETREAT (v3-ActReason)',
    'This purpose of use is not known here: use TREAT, COC or ETREAT (v3-ActReason)',
  ],
  'purpose-not-allowed': [
    'De regio staat dit doel voor deze uitwisseling niet toe; TREAT is het gewone doel',
    'The region does not allow this purpose of use for this exchange; TREAT is the usual one',
  ],
  'break-glass-off': ['De regio heeft geen noodprocedure', 'The region has no break-glass'],
  'break-glass-not-allowed': [
    'Dit type organisatie of deze rol mag de noodprocedure niet gebruiken',
    'This organisation type or this role may not use break-glass',
  ],
  'break-glass-grant-missing': [
    'Er is geen noodtoegang open voor deze zorgverlener, patiënt en vraag: vraag die eerst aan met $break-glass',
    'No break-glass grant is open for this professional, patient and use: ask for one with $break-glass first',
  ],
  'break-glass-purpose': [
    'Bij noodtoegang hoort het doel ETREAT of BTG; laat anders `breakGlass` weg',
    'A break-glass grant goes with the purpose ETREAT or BTG; else leave `breakGlass` out',
  ],
};

/** What is wrong with the question, and what to do about it; nothing of the patient. */
export function unaskableIssues({ kind, reason }: Unaskable): Issue[] {
  const text = texts[reason];
  if (text === undefined) return [];
  const code = kind === 'notAllowed' ? 'forbidden' : 'required';
  return [{ severity: 'error', code, rule: reason, text: { nl: text[0], en: text[1] } }];
}
