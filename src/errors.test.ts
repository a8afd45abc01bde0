// Does docs/errors.md say what the table says? Every kind with its status and codes, and no other.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorTable } from './errors.ts';

it('the page of errors lists each kind as the table has it', () => {
  const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \| `([\w-]+)` \| `(\w+)` \|/gm)];
  const told = rows.map(([, kind, status, issue, oauth]) => [kind, { status: Number(status), issue, oauth }]);
  expect(Object.fromEntries(told)).toEqual(errorTable);
});
