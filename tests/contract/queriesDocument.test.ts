// Does docs/queries.md list the searches that are allowed, as they are declared? `UPDATE_DOCS=1` writes its tables anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { exchanges } from '../../src/exchange/index.ts';
import { parametersOf, type SearchShape } from '../../src/exchange/searching/searchShape.ts';
import { printShape } from '../../src/exchange/searching/searchValues.ts';

const page = new URL('../../docs/queries.md', import.meta.url);

const cell = (texts: readonly string[]): string =>
  texts.map((text) => `\`${text.replaceAll('|', '\\|')}\``).join('<br>');

function row(name: string, shape: SearchShape): string {
  const shapes = parametersOf(shape).filter((one) => !one.name.startsWith('_'));
  const named = (wanted: boolean): string[] =>
    shapes
      .filter(({ presence }) => (presence !== 'may') === wanted)
      .map((one) => `${one.name}=${printShape(one.value)}`);
  const includes = shape.includes.flatMap(({ name: how, values }) =>
    values.map((value) => `${how}=${value}`),
  );
  return `| ${name} | ${shape.resourceType} | ${cell(named(true))} | ${cell(named(false))} | ${cell(includes)} |`;
}

function table(exchange: string): string {
  const searches = exchanges
    .filter(({ name }) => name === exchange)
    .flatMap(({ transactions }) =>
      transactions.flatMap(({ name, interaction }) =>
        interaction.kind === 'search-type' && name !== 'searchPatient' ? [row(name, interaction.search)] : [],
      ),
    );
  return [
    '| transaction | type | always (one of the patients) | also | includes |',
    '|---|---|---|---|---|',
    ...searches,
  ].join('\n');
}

it('the page has the tables of the declarations', () => {
  const written = readFileSync(page, 'utf8');
  let expected = written;
  for (const exchange of ['wishes', 'medication']) {
    const block = new RegExp(`<!-- ${exchange} -->[\\s\\S]*?<!-- /${exchange} -->`);
    const made = `<!-- ${exchange} -->\n${table(exchange)}\n<!-- /${exchange} -->`;
    expect(block.test(written)).toBe(true);
    expected = expected.replace(block, () => made);
  }
  if (process.env.UPDATE_DOCS !== undefined) writeFileSync(page, expected);
  else expect(written).toBe(expected);
});
