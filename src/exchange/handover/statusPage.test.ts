// Does the page of a handover speak one language, and fit a phone?
import { expect, it } from 'vitest';
import type { HandoverStatus } from './status.ts';
import { printStatusPage } from './statusPage.ts';

const at = '2026-05-01T10:11:12.131Z';
const status: HandoverStatus = {
  id: 'h-1',
  task: 'https://sluis.example/stu3/Task/t-1',
  state: 'in-progress',
  version: 1,
  receiver: { name: 'Home' },
  grantEndsAt: at,
  steps: [
    { step: 'accepted', at, version: 1, detail: '12 resources' },
    { step: 'notified', at, version: 1, detail: '1 attempt' },
    { step: 'documentFetched', at, version: 1, detail: 'document' },
    { step: 'documentFetched', at, version: 1, detail: '3 of 12 resources' },
    { step: 'documentFetched', at, version: 1, detail: 'document, 0 of 1 attachments' },
    { step: 'notified', at, version: 1, detail: '2 attempts' },
  ],
  notifications: [],
  history: [],
  findings: [],
};
const detailsOf = (page: string): string[] =>
  [...page.matchAll(/<\/time><\/td><td>([^<]*)</g)].map(([, text]) => text ?? '');

it('tells the details of each step in the language of the page', () => {
  expect(detailsOf(printStatusPage(status, 'nl'))).toEqual([
    '12 resources',
    '1 poging',
    'als document',
    '3 van 12 resources',
    'als document, met 0 van 1 bijlagen',
    '2 pogingen',
  ]);
  expect(detailsOf(printStatusPage(status, 'en'))).toEqual(status.steps.map(({ detail }) => detail));
});

it('tells what the sender was told at its callback', () => {
  const back = { kind: 'callback', version: 2, state: 'delivered', to: 'sender' } as const;
  const notifications = [
    { ...back, attempts: [], told: { state: 'in-progress', reason: 'notification-failed' } },
    { ...back, attempts: [], told: { state: 'completed' } },
  ];
  const page = printStatusPage({ ...status, notifications }, 'nl');
  expect(page).toContain(
    'Bericht terug, aan de afzender (loopt, <code>notification-failed</code>), versie 2',
  );
  expect(page).toContain('Bericht terug, aan de afzender (afgerond door de ontvanger), versie 2');
});

it('breaks long texts, so that none is wider than a phone', () => {
  expect(printStatusPage(status, 'nl')).toMatch(
    /code, dd, li, p, td:last-child \{ overflow-wrap: anywhere \}/,
  );
});
