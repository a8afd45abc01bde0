// Can a region with a key per gateway verify its audit record? Two gateways on one database, by the command line.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { terminalTo } from '../../tests/world/terminal.ts';
import { createSigningKeyFile } from '../audit/signingKey.ts';
import { writeGatewayFolder } from '../sandbox/gatewayFolder.ts';
import { runCommandLine } from './run.ts';

let folder: string;
let lines: string[];
const printed = vi.spyOn(process.stderr, 'write');
const at = (name: string): string => join(folder, name);

async function run(...words: string[]): Promise<{ code: number; said: string }> {
  lines = [];
  printed.mockReset().mockReturnValue(true);
  const terminal = terminalTo(lines);
  const code = await runCommandLine(['node', 'sluis', ...words], {}, terminal);
  return { code, said: [...lines, ...printed.mock.calls.map(([text]) => String(text))].join('\n') };
}

/** Gateways a and b share database and content key; each signs with its own audit key, and each has records. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-verify-'));
  const { settingsFile } = await writeGatewayFolder({ folder, port: 1, opsPort: 2, participants: [] });
  const settings = parse(readFileSync(settingsFile, 'utf8'));
  for (const name of ['a', 'b']) {
    await createSigningKeyFile(at(`${name}-audit.json`));
    const audit = { gatewayId: name, signingKeyFile: `${name}-audit.json` };
    writeFileSync(at(`${name}.yaml`), stringify({ ...settings, audit }));
    expect((await run('audit', 'find', '--event', 'none', '--config', at(`${name}.yaml`))).code).toBe(0);
    const told = await run('keys', 'public', '--config', at(`${name}.yaml`));
    writeFileSync(at(`${name}-public.json`), told.said);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('gateways with a key each', () => {
  it('are verified together with the public keys of the others, and never without', async () => {
    for (const [own, other] of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const alone = await run('audit', 'verify', '--config', at(`${own}.yaml`));
      expect([alone.code, alone.said]).toEqual([1, expect.stringContaining('bad-signature')]);
      expect(alone.said).toContain('--key');
      const key = ['--key', at(`${other}-public.json`)];
      const together = await run('audit', 'verify', '--config', at(`${own}.yaml`), ...key);
      expect([together.code, lines.at(-1)]).toEqual([0, 'The audit record is whole.']);
    }
  });

  it('give their public keys without the private part; one JWK or a whole key file will do as well', async () => {
    const { d } = JSON.parse(readFileSync(at('b-audit.json'), 'utf8')).keys[0];
    const [jwk] = JSON.parse(readFileSync(at('b-public.json'), 'utf8')).keys;
    expect(readFileSync(at('b-public.json'), 'utf8')).not.toContain(d);
    writeFileSync(at('one.json'), JSON.stringify(jwk));
    for (const name of ['one.json', 'b-audit.json']) {
      const { code } = await run('audit', 'verify', '--config', at('a.yaml'), '--key', at(name));
      expect([name, code]).toEqual([name, 0]);
    }
  });

  it('take several keys, and a key of nobody proves nothing', async () => {
    await createSigningKeyFile(at('c-audit.json'));
    const verify = ['audit', 'verify', '--config', at('a.yaml'), '--key', at('c-audit.json')];
    expect((await run(...verify)).code).toBe(1);
    expect((await run(...verify, '--key', at('b-public.json'))).code).toBe(0);
  });
});

describe('files that cannot be used', () => {
  it.each(['nothing', '', '{}', '{"keys":[]}', '{"keys":[{"kty":"OKP"}]}', '[1'])(
    'as keys end with 2 and the name of the file: %s',
    async (text) => {
      if (text !== 'nothing') writeFileSync(at('bad.json'), text);
      const { code, said } = await run('audit', 'verify', '--config', at('a.yaml'), '--key', at('bad.json'));
      expect([code, said]).toEqual([2, expect.stringContaining('bad.json has no public audit keys')]);
    },
  );

  const verify = (anchors: string) => {
    writeFileSync(at('anchors'), anchors);
    const key = ['--key', at('b-public.json')];
    return run('audit', 'verify', '--config', at('a.yaml'), ...key, '--anchors', at('anchors'));
  };
  const signedHeads = async (): Promise<string[]> => {
    const settings = parse(readFileSync(at('a.yaml'), 'utf8'));
    const audit = { ...settings.audit, anchorFile: 'kept.jsonl' };
    writeFileSync(at('a.yaml'), stringify({ ...settings, audit }));
    await run('audit', 'find', '--event', 'none', '--config', at('a.yaml'));
    await run('audit', 'find', '--event', 'none', '--config', at('a.yaml'));
    return readFileSync(at('kept.jsonl'), 'utf8').trim().split('\n');
  };

  it('as anchors, none of them a signed head, end with 2', async () => {
    const head = { chain: 'a', seq: 1, hash: 'x', at: '2026-01-01T00:00:00Z', signature: 'a..b' };
    for (const bad of ['{', '{"chain":"a"}', JSON.stringify({ ...head, seq: '1' })]) {
      const { code, said } = await verify(`\n${bad}\n`);
      expect([code, said]).toEqual([2, expect.stringContaining('anchors holds no signed heads')]);
    }
  });

  it('as anchors in part, a line that a full disk cut short, are told and left out; the others count', async () => {
    const heads = await signedHeads();
    const torn = heads.at(-1)?.slice(0, 60);
    const { code, said } = await verify([torn, ...heads].join('\n'));
    expect([code, said]).toEqual([0, expect.stringContaining('anchors: number 1 is no signed head')]);
    expect(lines.at(-1)).toBe('The audit record is whole, beside the anchors that can be read.');
    const beyond = JSON.stringify({ ...JSON.parse(heads.at(-1) ?? ''), seq: 900 });
    expect((await verify([torn, ...heads, beyond].join('\n'))).code).toBe(1);
  });
});
