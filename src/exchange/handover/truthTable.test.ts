// Does the truth table claim no more than is proven?
import { expect, test } from 'vitest';
import type { HandoverRow } from './task.ts';
import { type Happened, tellSteps } from './truthTable.ts';

const row: HandoverRow = {
  id: 'h',
  task_id: 't',
  composition_id: 'c',
  sender_id: 'hospital',
  receiver_id: 'home',
  case_hash: '',
  patient_hash: null,
  state: 'in-progress',
  version: 1,
  task_version: 1,
  created_at: '2026-01-15T10:00:00.000Z',
  updated_at: '2026-01-15T10:00:00.000Z',
  grant_ends_at: '2026-02-14T10:00:00.000Z',
  task_payload_id: '',
};

const fetched = (...details: string[]) => {
  const happened: Happened[] = details.map((detail, index) => ({
    at: `2026-01-15T11:00:0${index}.000Z`,
    step: 'resourceRead',
    version: 1,
    detail,
  }));
  const steps = tellSteps({ row, happened, notifications: [], served: { resources: 2, attachments: 0 } });
  return steps.find((one) => one.step === 'documentFetched');
};

test('a resource that two gateways wrote down at once was read once', () => {
  expect(fetched('Composition/c', 'Composition/c')).toMatchObject({
    at: 'not yet',
    detail: '1 of 2 resources',
  });
  expect(fetched('Composition/c', 'Composition/c', 'Patient/p')).toMatchObject({
    at: '2026-01-15T11:00:02.000Z',
    detail: '2 of 2 resources',
  });
});

test('a document is fetched once the attachments that it leads to are, and by no other reading', () => {
  const served = { resources: 3, attachments: 2 };
  const at = (second: number) => `2026-01-15T11:00:0${second}.000Z`;
  const read = (second: number, detail: string) => ({
    at: at(second),
    step: 'resourceRead',
    version: 1,
    detail,
  });
  const happened = [
    { at: at(0), step: 'documentFetched', version: 1, detail: 'document' },
    read(1, 'Binary/a'),
    read(2, 'Patient/p'),
  ];
  const told = (more: Happened[]) => {
    const facts = { row, happened: [...happened, ...more], notifications: [], served };
    return tellSteps(facts).find((one) => one.step === 'documentFetched');
  };
  expect(told([])).toMatchObject({ at: 'not yet', detail: 'document, 1 of 2 attachments' });
  expect(told([read(3, 'Binary/b')])).toMatchObject({ at: at(3), detail: 'document, 2 of 2 attachments' });
});
