// How does a person read the truth table? One plain page: no scripts, everything escaped, Dutch or English.
import type { Language } from '../../model.ts';
import type { HandoverStatus } from './status.ts';

type Words = Readonly<Record<string, string>>;

const words: Readonly<Record<Language, Words>> = {
  nl: {
    title: 'Overdracht',
    case: 'Kenmerk',
    receiver: 'Ontvanger',
    state: 'Stand',
    version: 'Versie',
    grant: 'Ophalen kan tot',
    steps: 'Stappen',
    step: 'Stap',
    at: 'Wanneer',
    detail: 'Bijzonderheden',
    notifications: 'Notificaties',
    findings: 'Opmerkingen',
    none: 'Geen.',
    attempt: 'poging',
    'not yet': 'nog niet',
    unknown: 'onbekend',
    failed: 'mislukt',
    accepted: 'Aangenomen',
    stored: 'Opgeslagen',
    notified: 'Genotificeerd',
    taskRead: 'Task gelezen',
    documentFetched: 'Bericht opgehaald',
    completed: 'Afgerond',
    'in-progress': 'loopt',
    'state:completed': 'afgerond',
    cancelled: 'ingetrokken',
    expired: 'verlopen',
  },
  en: {
    title: 'Handover',
    case: 'Case',
    receiver: 'Receiver',
    state: 'State',
    version: 'Version',
    grant: 'Can be fetched until',
    steps: 'Steps',
    step: 'Step',
    at: 'When',
    detail: 'Detail',
    notifications: 'Notifications',
    findings: 'Remarks',
    none: 'None.',
    attempt: 'attempt',
    accepted: 'Accepted',
    stored: 'Stored',
    notified: 'Notified',
    taskRead: 'Task read',
    documentFetched: 'Document fetched',
    completed: 'Completed',
    'in-progress': 'in progress',
    'state:completed': 'completed',
  },
};

/** A whole HTML document. */
export function printStatusPage(status: HandoverStatus, language: Language): string {
  const say = (word: string) => escaped(words[language][word] ?? word);
  const state = status.state === 'completed' ? 'state:completed' : status.state;
  const facts: [string, string][] = [
    ...(status.case ? ([['case', escaped(status.case.value)]] as [string, string][]) : []),
    ['receiver', escaped(status.receiver.name)],
    ['state', say(state)],
    ['version', String(status.version)],
    ['grant', time(status.grantEndsAt)],
  ];
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${say('title')}</title></head><body><main>`,
    `<h1>${say('title')}</h1>`,
    `<dl>${facts.map(([term, text]) => `<dt>${say(term)}</dt><dd>${text}</dd>`).join('')}</dl>`,
    stepTable(status, say),
    notificationList(status, say),
    findingList(status, { language, say }),
    '</main></body></html>',
  ].join('\n');
}

type Say = (word: string) => string;

function stepTable(status: HandoverStatus, say: Say): string {
  const rows = status.steps.map(
    (one) =>
      `<tr><th scope="row">${say(one.step)}</th><td>${moment(one.at, say)}</td><td>${escaped(one.detail ?? '')}</td></tr>`,
  );
  const head = ['step', 'at', 'detail'].map((word) => `<th scope="col">${say(word)}</th>`).join('');
  return `<h2>${say('steps')}</h2><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function notificationList(status: HandoverStatus, say: Say): string {
  const items = status.notifications.map((one) => {
    const attempts = one.attempts.map((attempt) => {
      const why = [attempt.result, attempt.httpStatus, attempt.reason].filter((part) => part !== undefined);
      return `<li>${say('attempt')} ${attempt.number}: ${time(attempt.startedAt)}, ${escaped(why.join(', '))}</li>`;
    });
    const name = `${escaped(one.kind)} (${say('version')} ${one.version}): ${escaped(one.state)}`;
    return `<li>${name}${attempts.length > 0 ? `<ol>${attempts.join('')}</ol>` : ''}</li>`;
  });
  return `<h2>${say('notifications')}</h2>${listed(items, say)}`;
}

function findingList(status: HandoverStatus, how: { language: Language; say: Say }): string {
  const items = status.findings.map((one) => {
    const places = (one.expression ?? []).map((place) => `<code>${escaped(place)}</code>`).join(', ');
    return `<li>${escaped(one.text[how.language])}${places ? ` ${places}` : ''}</li>`;
  });
  return `<h2>${how.say('findings')}</h2>${listed(items, how.say)}`;
}

function listed(items: readonly string[], say: Say): string {
  return items.length > 0 ? `<ul>${items.join('')}</ul>` : `<p>${say('none')}</p>`;
}

function moment(at: string, say: Say): string {
  return /^\d{4}-/.test(at) ? time(at) : say(at);
}

function time(at: string): string {
  return `<time datetime="${escaped(at)}">${escaped(at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</time>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
