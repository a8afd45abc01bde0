// Who would see what? Every combination of a scenario, judged by the rules that judge the real ones.
import type { Participant } from '../model.ts';
import type { ConsentQuestion } from './consent.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { judge, refused, type Verdict } from './judge.ts';
import { ruleOn } from './precedence.ts';
import { recordsOf, type Scenario, type ScenarioOrganisation } from './scenario.ts';
import { type ConsentSettings, policyFor } from './settings.ts';
import type { CategoryDecision, ConsentSourceName, SourceAnswer } from './source.ts';

export type Cell = {
  exchange: string;
  holder: string;
  requester: string;
  role: string;
  purpose: string;
  category: string;
  verdict: Verdict;
};

/** Well-formed and nobody's. */
const nobody = '999999990';

/** One cell per combination, in the order of the file. `now` is used when the file names no moment. */
export async function simulate(scenario: Scenario, settings: ConsentSettings, now: Date): Promise<Cell[]> {
  const at = scenario.at === undefined ? now : new Date(scenario.at);
  const cells: Cell[] = [];
  for (const question of questionsOf(scenario)) {
    const { requester, holder, practitioner, exchange, purposeOfUse = '' } = question;
    for (const category of scenario.categories) {
      const one = { ...question, categories: [category] };
      cells.push({
        exchange,
        category,
        holder: holder.name,
        requester: requester.participant.name,
        role: practitioner?.role ?? '',
        purpose: purposeOfUse,
        verdict: await verdictOf(one, { scenario, settings, at }),
      });
    }
  }
  return cells;
}

function* questionsOf(scenario: Scenario): Generator<ConsentQuestion> {
  for (const exchange of scenario.exchanges)
    for (const holder of scenario.holders)
      for (const requester of scenario.requesters)
        for (const role of scenario.roles)
          for (const purposeOfUse of scenario.purposes)
            yield {
              exchange,
              patientBsn: nobody,
              holder: participantOf(holder),
              requester: {
                participant: participantOf(requester),
                clientId: 'simulated',
                scopes: [exchange],
                tokenId: 'simulated',
              },
              practitioner: { identifier: { system: 'urn:simulated', value: role }, role },
              purposeOfUse,
              categories: [],
              requestId: 'simulated',
              signal: new AbortController().signal,
            };
}

const participantOf = ({ name, type, ura }: ScenarioOrganisation): Participant => ({
  id: name,
  name,
  identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value: ura }],
  active: true,
  facilityType: type,
  clients: [],
  endpoints: [],
});

type Around = { scenario: Scenario; settings: ConsentSettings; at: Date };

async function verdictOf(question: ConsentQuestion, { scenario, settings, at }: Around): Promise<Verdict> {
  const policy = policyFor(settings, question.exchange);
  if (!policy.needed) {
    return { kind: 'permit', categories: question.categories, basis: 'notNeeded', rule: 'not-needed' };
  }
  const read = readInputs(question, settings);
  if ('fault' in read) return refused(read.fault, 'input').verdict;
  const { inputs } = read;
  const stage = scenario.given.breakGlass;
  const judged = await judge({
    settings,
    policy,
    inputs,
    now: at,
    ask: async (source) => answerOf(source, { scenario, inputs, at }),
    grant: async () => (stage > 0 ? { id: 'simulated', stage } : undefined),
  });
  return judged.verdict;
}

function answerOf(
  source: ConsentSourceName,
  { scenario, inputs, at }: { scenario: Scenario; inputs: Inputs; at: Date },
): SourceAnswer | undefined {
  const said = new Map<string, CategoryDecision>();
  if (source === 'own') {
    for (const category of inputs.categories) {
      const ruling = ruleOn(recordsOf(scenario), inputs, { category, now: at });
      if (ruling) said.set(category, ruling.decision);
    }
    return { state: 'answered', decisions: said };
  }
  const given = scenario.given[source];
  if (given === 'absent') return undefined;
  if (given === 'unreachable') return { state: 'failed', reason: 'unreachable' };
  for (const category of inputs.categories) {
    const decision = given[category] ?? given['*'];
    if (decision) said.set(category, decision);
  }
  const age = scenario.given.notifiedAgeHours * 3_600_000;
  return {
    state: 'answered',
    decisions: said,
    ...(source === 'notified' ? { asOf: new Date(at.getTime() - age) } : {}),
  };
}
