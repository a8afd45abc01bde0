// Who would see what? Every combination of a scenario, judged by the rules that judge the real ones.
import type { Participant } from '../model.ts';
import type { ConsentQuestion } from './consent.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { judge, refused, type Verdict } from './judge.ts';
import { partsOf } from './organisationTypes.ts';
import { ruleOn } from './precedence.ts';
import { recordsOf, type Scenario, type ScenarioOrganisation } from './scenario.ts';
import { type ConsentPolicy, type ConsentSettings, policyFor } from './settings.ts';
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
    ask: async (source) => answerOf(source, { scenario, settings, inputs, policy, at }),
    grant: async () => (stage > 0 ? { id: 'simulated', stage } : undefined),
  });
  return judged.verdict;
}

type Asked = Around & { inputs: Inputs; policy: ConsentPolicy };

function answerOf(source: ConsentSourceName, asked: Asked): SourceAnswer | undefined {
  const { scenario, inputs, at } = asked;
  if (source === 'own') return ownAnswer(asked);
  const given = scenario.given[source];
  if (given === 'absent') return undefined;
  if (given === 'unreachable') return { state: 'failed', reason: 'unreachable' };
  const said = new Map<string, CategoryDecision>();
  for (const category of inputs.categories) {
    const held = source === 'notified' && isHeldByNo(category, given) ? 'deny' : undefined;
    const decision = given[category] ?? held ?? given['*'];
    if (decision) said.set(category, decision);
  }
  const age = scenario.given.notifiedAgeHours * 3_600_000;
  const asOf = source === 'notified' ? { asOf: new Date(at.getTime() - age) } : {};
  return { state: 'answered', decisions: said, ...asOf };
}

function ownAnswer({ scenario, inputs, policy, at }: Asked): SourceAnswer {
  const records = recordsOf(scenario);
  const rulings = inputs.categories.flatMap((category) => {
    const ruling = ruleOn(records, inputs, { category, now: at, specific: policy.specificPurposes });
    return ruling ? [[category, ruling.decision] as const] : [];
  });
  return { state: 'answered', decisions: new Map(rulings) };
}

/** A copy's no to treatment data is one to its parts, as `mitz/readNotified.ts` reads it. */
const isHeldByNo = (category: string, given: Readonly<Record<string, CategoryDecision>>): boolean =>
  Object.keys(given).some((whole) => given[whole] === 'deny' && partsOf[whole]?.includes(category) === true);
