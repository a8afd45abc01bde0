// Do these files fit their profiles? `sluis validate FILES…`: one line per file; exit 1 on errors, 2 on unreadable input.
import { existsSync } from 'node:fs';
import { foldersFrom } from '../config/environment.ts';
import { groupIssues } from '../fhir/outcome.ts';
import type { FhirVersion, Language } from '../model.ts';
import { type Finding, openValidator, validationSettings } from '../validation/index.ts';
import type { Validator } from '../validation/validator.ts';
import { type AddCommand, examples, type Tools } from './command.ts';
import { CommandFailure, misused } from './exit.ts';
import { installHints } from './packageHints.ts';
import { definitionsIn } from './validateDefinitions.ts';
import { filesOf, leftAside, readContent } from './validateInput.ts';

type Options = {
  fhir?: string;
  profile: string[];
  json?: boolean;
  packages?: string;
  strict?: boolean;
  language: string;
};
type Result = { file: string; version?: FhirVersion; findings: readonly Finding[]; unreadable?: string };

const collect = (value: string, previous: string[]): string[] => [...previous, value];

export const addValidate: AddCommand = (program, tools) => {
  program
    .command('validate')
    .description('check FHIR files, JSON or XML, against their type and profiles')
    .argument(
      '<file...>',
      'files and folders; forms, profiles and code lists among them are used for the others',
    )
    .option('--fhir <version>', 'stu3 or r4; found out for each file when absent')
    .option('--profile <address>', 'a profile that every resource must fit', collect, [])
    .option('--json', 'one JSON object per file: file, errors, warnings, issues')
    .option('--packages <folder>', 'folder with FHIR packages (or SLUIS_PACKAGES, separated by colons)')
    .option('--strict', 'unknown extensions and references that lead to nothing inside a message are errors')
    .option('--language <language>', 'nl or en', 'en')
    .addHelpText(
      'after',
      examples(
        'sluis validate --fhir r4 ./bundle.json',
        'sluis validate ./questionnaire.json ./response.json',
        'sluis validate --json ./messages',
      ),
    )
    .action((files: string[], options: Options) => validate(files, options, tools));
};

function versionOf(written: string | undefined): FhirVersion | undefined {
  if (written === undefined) return undefined;
  const version = written.toLowerCase();
  if (version === 'stu3' || version === 'r4') return version;
  throw misused(`There is no FHIR version "${written}" here; stu3 or r4.`);
}

function languageOf(written: string): Language {
  if (written === 'nl' || written === 'en') return written;
  throw misused(`Messages are in nl or en, not in "${written}".`);
}

function open(options: Options, tools: Tools, given: Parameters<typeof openValidator>[1]): Validator {
  const { packages } = options;
  const folders = packages === undefined ? foldersFrom(tools.environment.SLUIS_PACKAGES ?? '') : [packages];
  for (const folder of folders) {
    if (!existsSync(folder)) throw misused(`There is no folder ${folder} with packages.`);
  }
  const level = options.strict === true ? 'error' : 'warning';
  const settings = {
    packageFolders: folders,
    timeoutMs: 30_000,
    unknownExtensions: level,
    unknownCodes: 'error',
  };
  return openValidator(validationSettings.parse(settings), given, { danglingReferences: level });
}

function check(
  file: string,
  validator: Validator,
  asked: { version: FhirVersion | undefined; profiles: string[] },
): Result {
  const read = readContent(file, { version: asked.version, knows: validator.knows });
  if (read.unreadable !== undefined) return { file, findings: [], unreadable: read.unreadable };
  const { resource, version } = read;
  return { file, version, findings: validator.validate(resource, { version, profiles: asked.profiles }) };
}

const isError = ({ severity }: Finding): boolean => severity === 'error' || severity === 'fatal';

function jsonLine(result: Result, language: Language): string {
  const { file, findings, unreadable } = result;
  const issues = findings.map(({ severity, code, text, expression, rule, profile }) => ({
    severity,
    code,
    text: text[language],
    expression: expression ?? [],
    ...(rule === undefined ? {} : { rule }),
    ...(profile === undefined ? {} : { profile }),
  }));
  if (unreadable !== undefined) {
    issues.push({ severity: 'fatal', code: 'invalid', text: unreadable, expression: [], rule: 'unreadable' });
  }
  const errors = issues.filter(({ severity }) => severity === 'error' || severity === 'fatal').length;
  const warnings = issues.filter(({ severity }) => severity === 'warning').length;
  return JSON.stringify({ file, errors, warnings, issues });
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function tell(result: Result, language: Language, tools: Tools): void {
  const { file, findings, unreadable } = result;
  const { terminal } = tools;
  if (unreadable !== undefined) {
    terminal.line(`${terminal.paint('red', 'unreadable')}  ${file}  ${unreadable}`);
    return;
  }
  const errors = findings.filter(isError).length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const verdict = errors > 0 ? terminal.paint('red', 'fails') : terminal.paint('green', 'fits');
  terminal.line(`${verdict}  ${file}  ${counted(errors, 'error')}, ${counted(warnings, 'warning')}`);
  for (const { issue, count, places } of groupIssues(findings).groups) {
    if (issue.severity === 'information') continue;
    const more = count > places.length ? `, … (${count})` : '';
    terminal.note(
      `    ${issue.severity}  ${issue.text[language]}  [${issue.rule}]  ${places.join(', ')}${more}`,
    );
  }
}

const unknownProfiles = ({ findings, version }: Result): { address: string; version: FhirVersion }[] =>
  findings.flatMap(({ rule, profile }) =>
    rule !== 'profile-unknown' || profile === undefined || version === undefined
      ? []
      : [{ address: profile, version }],
  );

function validate(places: readonly string[], options: Options, tools: Tools): void {
  const version = versionOf(options.fhir);
  const language = languageOf(options.language);
  const files = filesOf(places);
  const validator = open(options, tools, definitionsIn(files, version));
  const unknown: { address: string; version: FhirVersion }[] = [];
  let errors = false;
  let unreadable = false;
  for (const file of files) {
    const result = check(file, validator, { version, profiles: options.profile });
    if (result.unreadable !== undefined) unreadable = true;
    if (result.findings.some(isError)) errors = true;
    unknown.push(...unknownProfiles(result));
    if (options.json === true) tools.terminal.line(jsonLine(result, language));
    else tell(result, language, tools);
  }
  for (const note of leftAside(places)) tools.terminal.note(note);
  if (options.json !== true) for (const hint of installHints(unknown)) tools.terminal.note(hint);
  if (unreadable) throw new CommandFailure('', 2);
  if (errors) throw new CommandFailure('', 1);
}
