// Is docs/configuration.md what the schemas say?
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationPage } from './document.ts';
import { settingsTree } from './schemaTree.ts';

describe('the configuration page', () => {
  it('is not stale: `npm run docs` writes it anew', () => {
    const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    expect(page).toBe(configurationPage());
  });

  it('gives every setting a meaning', () => {
    const silent = configurationPage()
      .split('\n')
      .filter((line) => line.startsWith('| `') && /\|\s*\|\s*$/.test(line));
    expect(silent).toEqual([]);
  });

  it('has no default for a secret, an address or a trust anchor', () => {
    const rows = configurationPage().split('\n');
    for (const setting of [
      'store.keyFile',
      'identity.keyFile',
      'audit.signingKeyFile',
      'gateway.baseUrl',
      'store.url',
    ]) {
      expect(rows.find((row) => row.startsWith(`| \`${setting}\``))).toContain('**required**');
    }
    expect(rows.find((row) => row.startsWith('| `outgoing.caFile`'))).toContain('none');
  });

  it('has a part for every section of the settings', () => {
    for (const section of Object.keys(settingsTree().properties ?? {})) {
      expect(configurationPage()).toContain(`\n## ${section}\n`);
    }
  });
});
