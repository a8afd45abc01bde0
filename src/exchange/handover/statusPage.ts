// How does a person read the truth table? One page: no scripts, everything escaped, a sign beside each colour, Dutch or English.
import type { Language } from '../../model.ts';
import { marked } from '../pages/page.ts';
import type { HandoverStatus } from './status.ts';
import { detailIn, type Say, sayIn } from './statusWords.ts';

const style = `
:root { color-scheme: light dark; --line: #b9c2cc; --done: #14713a; --open: #5a6470; --bad: #a3241b }
@media (prefers-color-scheme: dark) { :root { --line: #48525c; --done: #6fd39a; --open: #a8b2bc; --bad: #ff9d92 } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: 1.5rem }
h1 { font-size: 1.6rem; margin: 0 0 1rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0 } dt { color: var(--open) } dd { margin: 0 }
table { border-collapse: collapse; width: 100% } th, td { border-bottom: 1px solid var(--line); padding: .45rem .6rem .45rem 0; text-align: start; vertical-align: top }
thead th { color: var(--open); font-weight: 400 } .sign { display: inline-block; font-weight: 700; width: 1.5rem }
.done { color: var(--done) } .open { color: var(--open) } .bad { color: var(--bad) }
ol, ul { margin: .25rem 0; padding-inline-start: 1.4rem } ol { color: var(--open); list-style: none } code { font-size: .85em }
code, dd, li, p, td:last-child { overflow-wrap: anywhere }
`;

/** A whole HTML document. */
export function printStatusPage(status: HandoverStatus, language: Language): string {
  const say: Say = (word) => marked(sayIn(language)(word));
  const running = status.state === 'in-progress';
  const facts: [string, string][] = [
    ...(status.case ? ([['case', marked(status.case.value)]] as [string, string][]) : []),
    ['receiver', marked(status.receiver.name)],
    ['state', say(running ? status.state : `state:${status.state}`)],
    ['version', String(status.version)],
    [running ? 'grant' : 'grantEnded', time(status.grantEndsAt)],
  ];
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${say('title')}</title><style>${style}</style></head><body><main>`,
    `<h1>${say('title')}</h1>`,
    `<dl>${facts.map(([term, text]) => `<dt>${say(term)}</dt><dd>${text}</dd>`).join('')}</dl>`,
    stepTable(status, { language, say }),
    notificationList(status, say),
    findingList(status, { language, say }),
    '</main></body></html>',
  ].join('\n');
}

type How = { language: Language; say: Say };
type Look = { sign: string; kind: 'done' | 'open' | 'bad' };

const looks: Readonly<Record<string, Look>> = {
  delivered: { sign: '✓', kind: 'done' },
  'not yet': { sign: '…', kind: 'open' },
  unknown: { sign: '?', kind: 'bad' },
  failed: { sign: '✗', kind: 'bad' },
  refused: { sign: '✗', kind: 'bad' },
  dead: { sign: '✗', kind: 'bad' },
};

/** A sign that is read aloud by the word that stands beside it. */
function sign(of: string): string {
  const look = looks[of] ?? (isTime(of) ? looks.delivered : looks['not yet']);
  return `<span class="sign ${look?.kind}" aria-hidden="true">${look?.sign}</span>`;
}

function stepTable(status: HandoverStatus, { language, say }: How): string {
  const rows = status.steps.map(
    (one) =>
      `<tr><th scope="row">${sign(one.at)}${say(one.step)}</th><td>${isTime(one.at) ? time(one.at) : say(one.at)}</td><td>${marked(detailIn(language, one.detail ?? ''))}</td></tr>`,
  );
  const head = ['step', 'at', 'detail'].map((word) => `<th scope="col">${say(word)}</th>`).join('');
  return `<h2>${say('steps')}</h2><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function notificationList(status: HandoverStatus, say: Say): string {
  const items = status.notifications.map((one) => {
    const attempts = one.attempts.map((attempt) => {
      const why = [say(attempt.result ?? 'sending'), marked(attempt.reason ?? '')].filter(Boolean);
      return `<li>${say('attempt')} ${attempt.number}: ${time(attempt.startedAt)}, ${why.join(', ')}</li>`;
    });
    const version = `${sayLower(say, 'version')} ${one.version}`;
    const what = one.told ? `${say(one.kind)} (${toldIn(one.told, say)})` : say(one.kind);
    const name = `${sign(one.state)}${what}, ${version}: <strong>${say(one.state)}</strong>`;
    return `<li>${name}${attempts.length > 0 ? `<ol>${attempts.join('')}</ol>` : ''}</li>`;
  });
  return `<h2>${say('notifications')}</h2>${listed(items, say)}`;
}

/** The state in words, the reason as the callback has it. */
function toldIn({ state, reason }: { state: string; reason?: string }, say: Say): string {
  const words = state === 'in-progress' ? say(state) : say(`state:${state}`);
  return reason === undefined ? words : `${words}, <code>${marked(reason)}</code>`;
}

const sayLower = (say: Say, word: string) => say(word).toLowerCase();

function findingList(status: HandoverStatus, how: How): string {
  const items = status.findings.map((one) => {
    const places = (one.expression ?? []).map((place) => `<code>${marked(place)}</code>`).join(', ');
    return `<li>${marked(one.text[how.language])}${places ? `<br>${places}` : ''}</li>`;
  });
  return `<h2>${how.say('findings')}</h2>${listed(items, how.say)}`;
}

function listed(items: readonly string[], say: Say): string {
  return items.length > 0 ? `<ul>${items.join('')}</ul>` : `<p>${say('none')}</p>`;
}

const isTime = (at: string): boolean => /^\d{4}-\d\d-\d\dT/.test(at);

const clock = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Amsterdam',
  dateStyle: 'short',
  timeStyle: 'medium',
});

function time(at: string): string {
  const shown = isTime(at) ? clock.format(new Date(at)) : at;
  return `<time datetime="${marked(at)}">${marked(shown)}</time>`;
}
