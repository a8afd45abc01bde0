// Do codes, units and identifiers name a system that can be one, and what exists in it? http://hl7.org/fhir/R4/datatypes.html
import { isTree } from './fhirpath/items.ts';
import { textOf } from './profile.ts';
import { type Check, type Run, report } from './run.ts';
import { texts } from './texts.ts';
import { isUnit } from './ucum.ts';

const ucum = 'http://unitsofmeasure.org';
const uriSystem = 'urn:ietf:rfc:3986';

function checkSystem(system: string, run: Run): void {
  if (system.includes(':') || system.startsWith('#')) return;
  const text = texts.said(
    'A system must be an absolute address, such as http://snomed.info/sct.',
    'Een systeem moet een absoluut adres zijn, zoals http://snomed.info/sct.',
  );
  report(run, { code: 'invalid', rule: 'system-address', text, at: 'system' });
}

const joined = (code: string): string => code.replace(/\{[^{}]*\}/g, (words) => words.replace(/ /g, '_'));

/** A unit of UCUM has a grammar, which decides without any list. Spaces in a remark are wrong, and common. */
export const checkQuantity: Check = (item, run) => {
  if (!isTree(item.value)) return;
  const { system } = item.value;
  const code = textOf(item.value.code);
  if (system !== ucum || code === undefined || isUnit(code)) return;
  const severity = isUnit(joined(code)) ? 'warning' : 'error';
  report(run, { severity, code: 'code-invalid', rule: 'ucum', text: texts.unit(code), at: 'code' });
};

export const checkIdentifier: Check = (item, run) => {
  if (!isTree(item.value)) return;
  const system = textOf(item.value.system);
  const value = textOf(item.value.value);
  if (system !== undefined) checkSystem(system, run);
  if (system !== uriSystem || value === undefined || value.includes(':')) return;
  const text = texts.said(
    `With the system ${uriSystem} the value is a whole address, such as urn:uuid:… or urn:oid:….`,
    `Bij het systeem ${uriSystem} is de waarde een volledig adres, zoals urn:uuid:… of urn:oid:….`,
  );
  report(run, { code: 'invalid', rule: 'identifier-uri', text, at: 'value' });
};

function checkCode(asked: { system: string; code: string }, run: Run): void {
  const { system, code } = asked;
  const { unknownCodes } = run.policy;
  if (unknownCodes === 'ignore') return;
  if (run.terminology.codeSystem(run.version, system)?.content === 'supplement') {
    const text = texts.said(
      `${system} is a supplement; it cannot be used as a system.`,
      `${system} is een aanvulling en kan geen systeem zijn.`,
    );
    report(run, { severity: unknownCodes, code: 'not-found', rule: 'code-supplement', text, at: 'system' });
  } else if (run.terminology.exists(run.version, system, code) === false) {
    report(run, {
      severity: unknownCodes,
      code: 'code-invalid',
      rule: 'code-unknown',
      text: texts.unknownCode(code, system),
    });
  }
}

export const checkCoding: Check = (item, run) => {
  if (!isTree(item.value)) return;
  const system = textOf(item.value.system);
  const code = textOf(item.value.code);
  if (system === undefined) return;
  checkSystem(system, run);
  if (code !== undefined) checkCode({ system, code }, run);
};
