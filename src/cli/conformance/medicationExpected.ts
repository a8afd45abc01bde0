// What should consolidation make of the patients of MP9's consolidation set on 2024-01-01? Derived from the rules, by treatment.
// Names are parts of identifiers: a treatment by its middle, a building block by its tail. docs/medication-overview.md argues each.

export type Group = 'current' | 'future' | 'ended' | 'paused' | 'useOnly';
/** The blocks of a line, by the tails of their identifiers; `any` where only the place of the treatment is told. */
export type ExpectedLine = readonly string[] | 'any';
export type ExpectedTreatment = Partial<Record<Group, ExpectedLine>>;
export type ExpectedPatient = {
  case: string;
  bsn: string;
  /** By the name of the treatment; `*` when the patient has one. */
  treatments: Readonly<Record<string, ExpectedTreatment>>;
};

const one = (expected: ExpectedTreatment): ExpectedPatient['treatments'] => ({ '*': expected });
const changedLater: ExpectedTreatment = {
  current: ['MA_techstaken', 'TA_techstaken'],
  future: ['MA_wijziging', 'TA_wijziging'],
};
const changed: ExpectedTreatment = { current: ['MA_wijziging', 'TA_wijziging'] };
const otc: ExpectedTreatment = { ended: ['_MA', '_TA', 'MGB_nieuw'] };
const newFuture: ExpectedTreatment = { current: ['startMA', 'startTA'], future: ['nieuwMA'] };
const schedule: ExpectedTreatment = { current: ['_MA', '_TA', '_WDS'] };
const secondSchedule: ExpectedTreatment = { current: ['MA', 'TA', 'WDS2'] };
const stoppedSchedule: ExpectedTreatment = { ended: ['stopMA'] };
const secondSupply: ExpectedTreatment = { current: ['_MA', 'TA2', '_WDS'] };
const futureSchedule: ExpectedTreatment = { current: ['MA', 'TA', 'WDS1'], future: ['WDS2'] };

export const expectedPatients: readonly ExpectedPatient[] = [
  {
    case: '12a',
    bsn: '999909204',
    treatments: {
      gestopt: { ended: 'any' },
      gewijzigd: changed,
      gewijzigddoorander: { current: 'any' },
      onderbroken: { paused: 'any' },
      andermans1: { current: 'any' },
      andermans2: {},
      geannuleerd: {},
      toekomstig: { future: 'any' },
      gestoptandermans: { ended: 'any' },
      gewijzigd_toekomst: changedLater,
      gebruik: { useOnly: 'any' },
    },
  },
  { case: '12b', bsn: '999909216', treatments: one({ current: ['nieuwMA', 'nieuwTA', 'nieuwMGB'] }) },
  { case: '12c', bsn: '999909228', treatments: one(otc) },
  {
    case: '12d',
    bsn: '999909241',
    treatments: one({ current: ['NieuwMA'], future: ['ToekomstMA', 'ToekomstTA'] }),
  },
  { case: '12e', bsn: '999909253', treatments: one(newFuture) },
  { case: '12f', bsn: '999909265', treatments: one({ current: ['startMA'], future: ['toekomstMA'] }) },
  { case: '12g', bsn: '999909125', treatments: one(schedule) },
  { case: '12h', bsn: '999909137', treatments: one(secondSchedule) },
  { case: '12i', bsn: '999909150', treatments: one(secondSchedule) },
  { case: '12j', bsn: '999909162', treatments: one(stoppedSchedule) },
  { case: '12k', bsn: '999909174', treatments: one(secondSupply) },
  { case: '12L', bsn: '999909186', treatments: one(futureSchedule) },
  { case: '12m', bsn: '999909198', treatments: one({ paused: 'any' }) },
  { case: '12n', bsn: '999908856', treatments: one({}) },
  { case: '22b', bsn: '999908649', treatments: one(changed) },
  { case: '22c', bsn: '999908637', treatments: one(changedLater) },
  { case: '22d', bsn: '999908625', treatments: one(otc) },
  { case: '22e', bsn: '999908613', treatments: one(newFuture) },
  { case: '22f', bsn: '999908601', treatments: one({ current: 'any' }) },
  { case: '22g', bsn: '999908595', treatments: one({ current: 'any' }) },
  { case: '22h', bsn: '999908583', treatments: one(secondSchedule) },
  { case: '22i', bsn: '999908571', treatments: one(stoppedSchedule) },
  { case: '22j', bsn: '999908558', treatments: one({ current: 'any' }) },
  { case: '22k', bsn: '999908546', treatments: one({ current: 'any' }) },
  { case: '22L', bsn: '999908534', treatments: one({ paused: 'any' }) },
];
