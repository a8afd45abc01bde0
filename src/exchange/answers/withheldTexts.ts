// How is it told that something was kept back? One row per rule; never with an id or a value.
import type { Issue } from '../../model.ts';

const texts = {
  'other-patient': ['Van een andere patiënt; niet doorgegeven', 'Of another patient; not passed on'],
  'other-patient-beside': [
    'Van deze patiënt, maar noemt ook een andere; niet doorgegeven',
    'Of this patient, but also names another one; not passed on',
  ],
  'patient-unproven': [
    'Niet gebleken is dat dit van deze patiënt is; niet doorgegeven',
    'Nothing shows that this is of this patient; not passed on',
  ],
  'asking-unproven': [
    'Niet gebleken is dat hiernaar gevraagd is; niet doorgegeven',
    'Nothing shows that this was asked for; not passed on',
  ],
  'not-asked': ['Niet gevraagd; niet doorgegeven', 'Not asked for; not passed on'],
  'security-label': [
    'Het beveiligingslabel staat doorgeven niet toe',
    'Its security label does not allow passing it on',
  ],
  'implicit-rules': [
    'Gemaakt onder regels (implicitRules) die hier niet bekend zijn; niet doorgegeven',
    'Made under rules (implicitRules) that are not known here; not passed on',
  ],
  'document-patient': [
    'Dit bericht is niet, of niet alleen, van deze patiënt; niet doorgegeven',
    'This message is not, or not only, of this patient; not passed on',
  ],
  'document-unreadable': ['Dit bericht is niet te lezen', 'This message cannot be read'],
  'profiles-not-checked': [
    'Voor toetsing aan profielen was geen tijd meer',
    'There was no time left to check the profiles',
  ],
} as const satisfies Record<string, readonly [nl: string, en: string]>;

export type WithheldRule = keyof typeof texts;

const codes: Partial<Record<WithheldRule, string>> = {
  'document-unreadable': 'structure',
  'profiles-not-checked': 'informational',
};

/** @param place a type, such as `Consent` */
export function withheldIssue(rule: WithheldRule, place: string): Issue {
  const [nl, en] = texts[rule];
  const severity = rule === 'profiles-not-checked' ? 'information' : 'warning';
  return { severity, code: codes[rule] ?? 'suppressed', rule, text: { nl, en }, expression: [place] };
}
