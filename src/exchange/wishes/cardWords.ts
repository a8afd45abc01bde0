// With which words and signs is a card told, in Dutch and in English? A sign stands beside each word: colour alone never says it.
import type { Language } from '../../model.ts';
import type { CardGoal, CardLine, HistoryEntry } from './cardShape.ts';
import type { GoalKey, MainKey } from './codes.ts';
import type { Conflict } from './rank.ts';
import type { Decision, HolderState, Method, Standing } from './records.ts';

type Words = Readonly<Record<Language, string>>;

const words = (nl: string, en: string): Words => ({ nl, en });

export const decisionWords: Readonly<Record<Decision | 'no_record', Words & { sign: string }>> = {
  do: { sign: '✓', nl: 'WEL DOEN', en: 'DO' },
  do_not: { sign: '✗', nl: 'NIET DOEN', en: 'DO NOT' },
  conditional: { sign: '◐', nl: 'ALLEEN ALS', en: 'ONLY IF' },
  unknown: { sign: '?', nl: 'NIET BESLIST', en: 'NOT DECIDED' },
  no_record: { sign: '–', nl: 'NIET VASTGELEGD', en: 'NO RECORD' },
};

const uninterpreted = { sign: '?', nl: 'NIET TE DUIDEN', en: 'NOT INTERPRETED' };

/** What cannot be read may be a no: then "not decided" would be said of what somebody decided. */
export const isUninterpreted = ({ decision, notes = [], uninterpreted: is }: Decided): boolean =>
  decision === 'unknown' && (is === true || notes.includes('not_interpreted'));

/** Of a line, or of a record in its history. */
export type Decided = Pick<CardLine, 'decision' | 'notes'> & Pick<HistoryEntry, 'uninterpreted'>;

export const decisionWord = (one: Decided): Words & { sign: string } =>
  isUninterpreted(one) ? uninterpreted : decisionWords[one.decision];

export const keyWords: Readonly<Record<MainKey, Words>> = {
  cpr: words('Reanimatie', 'Resuscitation'),
  ventilation: words('Beademing', 'Ventilation'),
  icu: words('Opname op IC', 'Intensive care'),
  hospital: words('Opname in ziekenhuis', 'Hospital admission'),
  antibiotics: words('Antibiotica', 'Antibiotics'),
  blood: words('Bloedproducten', 'Blood products'),
  icd_off: words('ICD uitzetten', 'Switch ICD off'),
};

export const conflictWords: Readonly<Record<Conflict, Words>> = {
  none: words('', ''),
  weak: words('vastleggingen verschillen', 'records differ'),
  strong: words('VASTLEGGINGEN SPREKEN ELKAAR TEGEN', 'RECORDS CONTRADICT EACH OTHER'),
};

export const stateWords: Readonly<Record<HolderState, Words>> = {
  answered: words('antwoordde', 'answered'),
  partial: words('antwoordde niet volledig', 'did not answer in full'),
  refused: words('mag niet delen: geen toestemming', 'may not share: no consent'),
  failed: words('antwoordde niet: storing', 'did not answer: fault'),
  timeout: words('antwoordde niet op tijd', 'did not answer in time'),
};

export const standingWords: Readonly<Record<Standing, Words>> = {
  current: words('geldt', 'stands'),
  draft: words('concept', 'draft'),
  future: words('gaat later in', 'starts later'),
  ended: words('beëindigd', 'ended'),
  revoked: words('ingetrokken', 'revoked'),
  rejected: words('afgewezen', 'rejected'),
  entered_in_error: words('foutief ingevoerd', 'entered in error'),
  unclear: words('status onduidelijk', 'status unclear'),
};

export const methodWords: Readonly<Record<Method, Words>> = {
  resource: words('behandelaanwijzing', 'directive'),
  form: words('formulier', 'form'),
  statement: words('niet-reanimerenverklaring', 'do-not-resuscitate statement'),
};

const goalWords: Readonly<Record<GoalKey, Words>> = {
  curative: words('genezen', 'cure'),
  life_prolonging: words('leven verlengen en klachten verlichten', 'prolong life and relieve symptoms'),
  symptom_relief: words('klachten verlichten, leven niet verlengen', 'relieve symptoms, do not prolong life'),
  unknown: words('niet beslist', 'not decided'),
};

const uninterpretedGoal = words('niet te duiden', 'not interpreted');

export const goalWord = ({ key, uninterpreted: is }: Pick<CardGoal, 'key' | 'uninterpreted'>): Words =>
  is === true ? uninterpretedGoal : goalWords[key];

const roleWords: ReadonlyMap<string, Words> = new Map([
  ['24', words('wettelijk vertegenwoordiger (bij wilsonbekwaamheid)', 'legal representative (if incapable)')],
  ['310141000146103', words('schriftelijk gemachtigd', 'holds power of attorney')],
  ['03', words('curator', 'guardian (curator)')],
  ['15', words('mentor', 'mentor')],
  ['11', words('voogd', 'guardian')],
  ['01', words('eerste contactpersoon', 'first contact')],
]);

export const roleWord = (role: string, language: Language): string => roleWords.get(role)?.[language] ?? role;

const noteWords: ReadonlyMap<string, Words> = new Map([
  ['newer_not_decided', words('in een later gesprek is niets beslist', 'newer talk: not decided')],
  [
    'not_interpreted',
    words('een vastlegging is niet te duiden: zie de tekst', 'a record cannot be interpreted: see its text'),
  ],
  ['ended_elsewhere', words('elders is deze vastlegging beëindigd', 'this record has ended elsewhere')],
]);

export const noteWord = (note: string, language: Language): string => noteWords.get(note)?.[language] ?? note;

const findingWords: ReadonlyMap<string, Words> = new Map([
  ['other-patient', words('weggelaten: van een andere patiënt', 'left out: of another patient')],
  ['patient-unproven', words('niet bewezen dat dit deze patiënt is', 'not proved to be of this patient')],
  [
    'modifier-unknown',
    words('onbekende modifierExtension: niet geduid', 'unknown modifier: not interpreted'),
  ],
  [
    'two-versions',
    words('besluit in twee FHIR-vormen: niet geduid', 'decision in two FHIR forms: not interpreted'),
  ],
  [
    'modifier-as-extension',
    words('besluit op de plaats van een toelichting', 'decision sent where only remarks belong'),
  ],
  ['decision-unreadable', words('besluit niet leesbaar', 'decision not readable')],
  ['no-decision', words('zonder besluit', 'without a decision')],
  ['limit-beside-yes', words('beperking naast een ja', 'limit beside a yes')],
  ['text-beside-type', words('vrije tekst naast een besluit', 'free text beside a decision')],
  ['treatment-missing', words('zonder behandeling', 'without a treatment')],
  ['several-treatments', words('meer dan één behandeling', 'more than one treatment')],
  [
    'code-ambiguous',
    words('behandelcode niet eenduidig: niet geduid', 'ambiguous treatment code: not interpreted'),
  ],
  [
    'statement-by-text',
    words(
      'niet-reanimeren staat alleen in woorden, niet als code',
      'do-not-resuscitate is in words, not as a code',
    ),
  ],
  ['status-unclear', words('status onduidelijk: telt niet', 'status unclear: does not count')],
  ['date-missing', words('zonder datum', 'without a date')],
  ['question-unknown', words('vraag van een onbekend formulier', 'question of an unknown form')],
  ['other-not-named', words('overige behandelgrens zonder naam', 'other limit without a name')],
  [
    'earlier-agreements-differ',
    words('formulier: eerdere afspraken waren anders', 'form: earlier agreements differ'),
  ],
  ['goal-unreadable', words('doel niet leesbaar', 'goal not readable')],
  ['unreadable', words('bestand niet leesbaar', 'file not readable')],
]);

export const findingWord = (code: string, language: Language): string =>
  findingWords.get(code)?.[language] ?? code;

export const cardWords = {
  title: words('KAART VOOR DE BEMANNING', 'CREW CARD'),
  born: words('geboren', 'born'),
  unnamed: words('patiënt niet genoemd', 'patient not named'),
  incomplete: words('NIET VOLLEDIG', 'NOT COMPLETE'),
  otherPatient: words('weggelaten: van een andere patiënt', 'left out: of another patient'),
  noRecordAt: words('Niets vastgelegd bij', 'No record at'),
  nothingOnThisAt: words('Hierover is niets vastgelegd bij', 'No record of this at'),
  answeredBy: words('Vastgelegd bij', 'Recorded at'),
  goal: words('Doel van de behandeling', 'Goal of treatment'),
  speakers: words('Wie beslist mee', 'Who speaks for the patient'),
  nobody: words('geen vertegenwoordiger vastgelegd', 'no representative recorded'),
  noPhone: words('geen telefoonnummer', 'no phone number'),
  capable: words('Patiënt kan zelf beslissen', 'Patient can decide'),
  incapable: words('Patiënt kan NIET zelf beslissen', 'Patient can NOT decide'),
  differ: words('bronnen verschillen', 'sources differ'),
  statements: words('Wilsverklaringen', 'Advance directives'),
  findings: words('Let op', 'Note'),
  history: words('eerder of elders', 'earlier or elsewhere'),
  omitted: words('meer, niet op deze kaart', 'more, not on this card'),
  undated: words('zonder datum', 'undated'),
  by: words('door', 'by'),
  days: words('dagen', 'days'),
  months: words('maanden', 'months'),
  years: words('jaar', 'years'),
} as const;
