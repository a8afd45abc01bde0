// Does the code keep to the house plan? Imports go down only, and what may stand in one place stands in one place.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');

/** Rows of the house, top to bottom. A file may import its own folder and rows below, never above or beside. */
const rows: readonly (readonly string[])[] = [
  ['main', 'cli', 'app', 'config'],
  ['http', 'sandbox', 'console'],
  ['exchange'],
  ['identity', 'consent', 'routing', 'holder', 'delivery', 'mapping', 'validation', 'audit'],
  ['store', 'outgoing'],
  ['fhir'],
  ['errors', 'model'],
];

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return name.endsWith('.ts') ? [path] : [];
  });
}

const allFiles = filesUnder(source);
const productFiles = allFiles.filter((path) => !path.endsWith('.test.ts'));
const place = (path: string) => relative(root, path);
const roomOf = (path: string) => (relative(source, path).split('/')[0] ?? '').replace(/\.ts$/, '');
const rowOf = (room: string) => rows.findIndex((row) => row.includes(room));

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

/** Folders of exchange/ with the steps that use cases share. */
const shared: ReadonlySet<string> = new Set([
  'answers',
  'asking',
  'breakGlass',
  'pages',
  'profiles',
  'pushing',
  'registering',
  'searching',
]);
const exchangeFolderOf = (path: string) => {
  const parts = relative(source, path).split('/');
  return parts[0] === 'exchange' && parts.length > 2 ? parts[1] : undefined;
};

/** Every other folder of exchange/ is a use case; what two of them need lies in the shared folders, or beside all of them. */
function wrongWithin(from: string, to: string): string | undefined {
  const [mine, theirs] = [exchangeFolderOf(from), exchangeFolderOf(to)];
  if (!mine || !theirs || mine === theirs || shared.has(theirs)) return undefined;
  return shared.has(mine) ? 'a shared step imports a use case' : 'a use case imports another';
}

function wrongImport(from: string, to: string): string | undefined {
  const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
  if (fromRoom === toRoom) return wrongWithin(from, to);
  const [fromRow, toRow] = [rowOf(fromRoom), rowOf(toRoom)];
  if (fromRow < 0) return `${fromRoom} is no room of the house`;
  if (toRow < 0) return `${toRoom} is no room of the house`;
  if (fromRow === 0 && toRow === 0) return undefined;
  if (toRow < fromRow) return 'imports go down only';
  if (toRow === fromRow && fromRoom !== 'errors' && fromRoom !== 'model') return 'never sideways';
  return undefined;
}

/** Offending `file: reason` lines for every file of which `reasonAgainst` says something. */
function offences(
  files: readonly string[],
  reasonAgainst: (text: string, path: string) => string | undefined,
) {
  return files.flatMap((path) => {
    const reason = reasonAgainst(readFileSync(path, 'utf8'), path);
    return reason ? [`${place(path)}: ${reason}`] : [];
  });
}

/** Casts, copies and untyped values are the ways round the brand of the type. */
const waysRound: readonly RegExp[] = [
  /\bas\s+(?:\w+\s+as\s+)?Permit\b/,
  /<Permit>\s*[\w({]/,
  /\.\.\.\s*(?:[\w.?!]+[.?!])?permit\b/i,
  /\b(?:structuredClone|Object\.assign|Object\.create)\(\s*(?:[\w.?!]+[.?!])?permit\b/i,
  /\bPermit\b[^;\n]*(?:=|return)\s*JSON\.parse\(/,
];
const makesPermit = (text: string): boolean => waysRound.some((way) => way.test(text));

describe('the house', () => {
  it('lets imports go down only', () => {
    const wrong = productFiles.flatMap((path) =>
      importsOf(path)
        .filter((target) => target.startsWith('.') && !target.endsWith('/package.json'))
        .flatMap((target) => {
          const reason = wrongImport(path, resolve(dirname(path), target));
          return reason ? [`${place(path)} -> ${target}: ${reason}`] : [];
        }),
    );
    expect(wrong).toEqual([]);
  });

  it('sees an import that goes up, sideways or to another use case', () => {
    const at = (path: string) => join(source, path);
    expect(wrongImport(at('store/x.ts'), at('audit/y.ts'))).toBe('imports go down only');
    expect(wrongImport(at('delivery/x.ts'), at('routing/y.ts'))).toBe('never sideways');
    expect(wrongImport(at('exchange/wishes/x.ts'), at('exchange/handover/y.ts'))).toBe(
      'a use case imports another',
    );
    expect(wrongImport(at('exchange/answers/x.ts'), at('exchange/wishes/y.ts'))).toBe(
      'a shared step imports a use case',
    );
    expect(wrongImport(at('exchange/wishes/x.ts'), at('exchange/answers/y.ts'))).toBeUndefined();
    expect(wrongImport(at('exchange/wishes/x.ts'), at('exchange/match.ts'))).toBeUndefined();
    expect(wrongImport(at('app.ts'), at('config.ts'))).toBeUndefined();
  });

  it('knows Express in http/ and in the sandbox only', () => {
    const wrong = offences(productFiles, (text, path) =>
      /from 'express'/.test(text) && !['http', 'sandbox', 'console'].includes(roomOf(path))
        ? 'imports express'
        : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('reads the environment in main.ts, config.ts and the command line only', () => {
    const allowed = ['main', 'config', 'cli', 'sandbox'];
    const wrong = offences(productFiles, (text, path) =>
      /process\.env/.test(text) && !allowed.includes(roomOf(path)) ? 'reads process.env' : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('tells who acted in store/actor.ts only, so that no record leaves out the professional', () => {
    const wrong = offences(productFiles, (text, path) =>
      /participantId: [\w.]*requester\.participant\.id,\s+clientId/.test(text) &&
      !['src/http/frame.ts', 'src/exchange/searching/servedPatients.ts'].includes(place(path))
        ? 'names a caller by itself'
        : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('makes permits in consent/decide.ts only', () => {
    const wrong = offences(productFiles, (text, path) =>
      makesPermit(text) && place(path) !== 'src/consent/decide.ts' ? 'makes a Permit' : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('sees a permit that is made by a cast, or changed by copying another', () => {
    for (const text of [
      'return facts as Permit;',
      'const permit = <Permit>facts;',
      'return { ...permit, holderId };',
      'f({ ...answer.permit })',
      'structuredClone(permit)',
      'Object.assign(permit, { holderId })',
      'const made: Permit = JSON.parse(text);',
      'function read(): Permit { return JSON.parse(text); }',
    ]) {
      expect(makesPermit(text), text).toBe(true);
    }
    expect(makesPermit('fetchFrom(endpoint, permit, ask); const { holderId } = answer.permit;')).toBe(false);
  });

  it('calls other hosts through outgoing/ only', () => {
    const allowed = ['outgoing', 'sandbox', 'cli'];
    const wrong = offences(productFiles, (text, path) =>
      /\bfetch\(|\b(?:http|https)\.request\(|httpRequest\(/.test(text) && !allowed.includes(roomOf(path))
        ? 'calls another host'
        : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('says on the first line of each file which question it answers', () => {
    const wrong = offences(productFiles, (text) => {
      const lines = text.split('\n');
      const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0];
      return first?.startsWith('// ') || first?.startsWith('/*') ? undefined : 'no opening comment';
    });
    expect(wrong).toEqual([]);
  });

  it('keeps files to 200 lines', () => {
    const wrong = offences(productFiles, (text) => {
      const lines = text.split('\n').length - 1;
      return lines > 200 ? `${lines} lines` : undefined;
    });
    expect(wrong).toEqual([]);
  });

  it('has no rooms without a question', () => {
    const forbidden = /(^|\/)(utils?|helpers?|common|services?|core|types|interfaces|misc)(\/|\.ts$)/;
    expect(allFiles.map(place).filter((path) => forbidden.test(path))).toEqual([]);
  });
});

describe('the repository', () => {
  it('speaks of the product alone', () => {
    const texts = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].map((name) =>
      join(root, name),
    );
    const wrong = offences([...allFiles, ...texts], (text) =>
      /(\/wor[k]\/|\/far[m]\/|bash_job[s]|DEVELOPERS\.md)/.test(text)
        ? 'names a path of a machine'
        : undefined,
    );
    expect(wrong).toEqual([]);
  });
});
