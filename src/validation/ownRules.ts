// Which holes of the official profiles do we close? Named rules, each of which can be switched off (validation.rulesOff).
import type { FhirVersion } from '../model.ts';
import type { Item } from './fhirpath/items.ts';
import { truth } from './fhirpath/operators.ts';
import { ask, stepOf } from './invariants.ts';
import { type Run, report } from './run.ts';
import { type Text, texts } from './texts.ts';

export type OwnRule = {
  id: string;
  version: FhirVersion;
  type: string;
  /** FHIRPath: for which resources it holds. */
  when: string;
  /** FHIRPath: what must be so. */
  holds: string;
  severity: 'error' | 'warning';
  text: Text;
};

const nictiz = 'http://nictiz.nl/fhir/StructureDefinition/';
const say = (en: string, nl: string): Text => texts.said(en, nl);
const block = (code: string): string =>
  `category.coding.where(system = 'http://snomed.info/sct' and code = '${code}').exists()`;
const extended = (name: string): string => `extension.where(url = '${nictiz}${name}').exists()`;

type Strict = { id: string; type: string; code: string; holds: string; what: readonly [string, string] };

/** MP9's data set asks more than its profiles do; what is missing is told as a warning. */
const strict = ({ id, type, code, holds, what }: Strict): OwnRule => ({
  id: `sluis-mp9-${id}`,
  version: 'r4',
  type,
  when: block(code),
  holds,
  severity: 'warning',
  text: say(`The MP9 data set requires ${what[0]}.`, `De MP9-dataset verlangt ${what[1]}.`),
});

const agreements = [
  { name: 'ma', type: 'MedicationRequest', code: '33633005', by: 'requester', drug: 'medication' },
  { name: 'wds', type: 'MedicationRequest', code: '395067002', by: 'requester', drug: 'medication' },
  { name: 'ta', type: 'MedicationDispense', code: '422037009', by: 'performer', drug: 'medication' },
];

const agreementRules = agreements.flatMap(({ name, type, code, by }): OwnRule[] => [
  strict({
    id: `${name}-identifier`,
    type,
    code,
    holds: 'identifier.exists()',
    what: ['an identifier', 'een identificatie'],
  }),
  strict({
    id: `${name}-registered`,
    type,
    code,
    holds: `${extended('ext-RegistrationDateTime')} or authoredOn.exists()`,
    what: ['the time of registration', 'het tijdstip van registratie'],
  }),
  strict({
    id: `${name}-period`,
    type,
    code,
    holds: extended('ext-TimeInterval.Period'),
    what: ['a period of use', 'een gebruiksperiode'],
  }),
  strict({
    id: `${name}-author`,
    type,
    code,
    holds: `${by}.exists()`,
    what: ['who agreed it', 'wie het heeft afgesproken'],
  }),
  strict({
    id: `${name}-instruction`,
    type,
    code,
    holds: `dosageInstruction.exists() or ${extended('ext-RenderedDosageInstruction')}`,
    what: ['instructions for use', 'een gebruiksinstructie'],
  }),
]);

const legallyCapable = [
  'https://api.iknl.nl/docs/pzp/r4/StructureDefinition/ext-Patient.LegallyCapableMedicalTreatmentDecisions',
  'https://fhir.iknl.nl/fhir/StructureDefinition/ext-LegallyCapable-MedicalTreatmentDecisions',
]
  .map((url) => `url = '${url}'`)
  .join(' or ');

export const ownRules: readonly OwnRule[] = [
  {
    id: 'sluis-treatment-other',
    version: 'r4',
    type: 'Consent',
    when: `modifierExtension.where(url = '${nictiz}ext-TreatmentDirective2.SpecificationOther').exists()`,
    holds: 'provision.type.empty()',
    severity: 'warning',
    text: say(
      'A treatment directive says either "other" in words or permits or denies, not both: read it as conditional.',
      'Een behandelaanwijzing zegt "anders" in woorden of staat toe of weigert, niet beide: lees haar als voorwaardelijk.',
    ),
  },
  {
    id: 'sluis-legal-representative',
    version: 'r4',
    type: 'Patient',
    when: `extension.where(${legallyCapable}).extension.where(url = 'legallyCapable').value = false`,
    holds: 'contact.exists()',
    severity: 'warning',
    text: say(
      'This patient does not decide alone: a contact who represents them is expected.',
      'Deze patiënt beslist niet alleen: een contactpersoon die vertegenwoordigt wordt verwacht.',
    ),
  },
  ...agreementRules,
  strict({
    id: 'vv-author',
    type: 'MedicationRequest',
    code: '52711000146108',
    holds: 'identifier.exists() and authoredOn.exists() and requester.exists()',
    what: ['an identifier, a date and an author', 'een identificatie, een datum en een auteur'],
  }),
  strict({
    id: 'mve-supplied',
    type: 'MedicationDispense',
    code: '373784005',
    holds: 'identifier.exists() and whenHandedOver.exists() and performer.exists() and quantity.exists()',
    what: [
      'an identifier, a date, a supplier and a quantity',
      'een identificatie, een datum, een verstrekker en een hoeveelheid',
    ],
  }),
  strict({
    id: 'mgb-dated',
    type: 'MedicationStatement',
    code: '422979000',
    holds: 'identifier.exists() and dateAsserted.exists()',
    what: ['an identifier and a date', 'een identificatie en een datum'],
  }),
  strict({
    id: 'mtd-given',
    type: 'MedicationAdministration',
    code: '18629005',
    holds: 'identifier.exists() and dosage.dose.exists() and performer.exists()',
    what: [
      'an identifier, a quantity and who gave it',
      'een identificatie, een hoeveelheid en een toediener',
    ],
  }),
];

/** Is there a rule with this id? */
export const isOwnRule = (id: string): boolean => ownRules.some((rule) => rule.id === id);

const byType = { stu3: new Map<string, OwnRule[]>(), r4: new Map<string, OwnRule[]>() };
for (const rule of ownRules) {
  const ofVersion = byType[rule.version];
  ofVersion.set(rule.type, [...(ofVersion.get(rule.type) ?? []), rule]);
}

function isTrue(run: Run, expression: string, item: Item): boolean {
  const step = stepOf(expression);
  return step !== undefined && truth(ask(run, step, item)) === true;
}

/** Checks a resource against our own rules. */
export function checkOwnRules(item: Item, run: Run): void {
  for (const rule of byType[run.version].get(item.type) ?? []) {
    if (run.policy.rulesOff.has(rule.id) || !isTrue(run, rule.when, item) || isTrue(run, rule.holds, item))
      continue;
    report(run, { severity: rule.severity, code: 'business-rule', rule: rule.id, text: rule.text });
  }
}
