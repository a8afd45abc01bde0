// Is a push checked against its profiles, told of what does not fit, and never refused for it?
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { handoverStatus } from '../../src/exchange/index.ts';
import type { FhirResource, Issue } from '../../src/model.ts';
import { openValidator, validationSettings } from '../../src/validation/index.ts';
import { asking, hospital } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { heavyHandoff, nursingHandoff } from '../world/nursingHandoff.ts';

type Told = {
  severity: string;
  details: { coding?: { code: string }[]; text: string };
  expression?: string[];
};

const issue = (severity: Issue['severity'], rule: string, place: string): Issue => ({
  severity,
  code: 'invariant',
  rule,
  text: { nl: `${rule} in het Nederlands`, en: `${rule} in English` },
  expression: [place],
});
const toldIn = (outcome: FhirResource | undefined, rule: string): Told[] =>
  ((outcome?.issue ?? []) as Told[]).filter((one) => one.details.coding?.[0]?.code === rule);

describe('a push', () => {
  let stage: Stage;
  let asked = 0;
  const open = async (found: readonly Issue[], profileChecks: 'off' | 'warn' = 'warn'): Promise<void> => {
    asked = 0;
    const checkProfiles = (): readonly Issue[] => {
      asked++;
      return found;
    };
    stage = await openStage({ checkProfiles, profileChecks });
  };
  afterEach(() => stage.end());

  it('is not checked when profiles are switched off', async () => {
    await open([issue('error', 'zib-1', 'Bundle.entry[2].resource')], 'off');
    expect((await stage.push(nursingHandoff({ case: randomUUID() }))).status).toBe(202);
    expect(asked).toBe(0);
  });

  it('is not checked when the minimum refuses it', async () => {
    await open([]);
    await expect(stage.push(nursingHandoff({ case: randomUUID(), transferDate: null }))).rejects.toThrow();
    expect(asked).toBe(0);
  });

  it('that does not fit its profile is accepted, and the sender is told: now and in the truth table', async () => {
    await open([issue('fatal', 'deadline', 'Bundle'), issue('error', 'zib-1', 'Bundle.entry[2].resource')]);
    const answer = await stage.push(nursingHandoff({ case: randomUUID() }));
    expect(answer.status).toBe(202);
    expect(toldIn(answer.resource, 'zib-1')).toMatchObject([
      {
        severity: 'warning',
        details: { text: 'zib-1 in het Nederlands' },
        expression: ['Bundle.entry[2].resource'],
      },
    ]);
    expect(toldIn(answer.resource, 'deadline')).toMatchObject([{ severity: 'warning' }]);
    const status = await handoverStatus(
      { id: stage.handoverId(answer), requester: asking(hospital) },
      stage.deps,
    );
    expect(status.findings.map(({ rule, severity }) => `${severity} ${rule}`)).toContain('warning zib-1');
  });

  it('with profiles that are not installed is told so once, with their places', async () => {
    const unknown = ['a', 'b'].map((name) => ({
      ...issue('warning', 'profile-unknown', `Bundle.${name}`),
      text: { nl: `${name} is onbekend`, en: `${name} is unknown` },
    }));
    await open([...unknown, issue('information', 'binding-undecided', 'Bundle')]);
    const { resource } = await stage.push(nursingHandoff({ case: randomUUID() }));
    expect(toldIn(resource, 'profile-unknown')).toMatchObject([
      { severity: 'information', expression: ['Bundle.a', 'Bundle.b'] },
    ]);
    expect(toldIn(resource, 'binding-undecided')).toEqual([]);
  });

  it('is checked by the validator itself, base definitions and all', async () => {
    const validator = openValidator(validationSettings.parse({ timeoutMs: 30_000 }));
    stage = await openStage({
      checkProfiles: (resource, version) => validator.validate(resource, { version }),
    });
    const body = heavyHandoff({ case: randomUUID() });
    const observation = (body.entry as { resource: FhirResource }[]).findIndex(
      ({ resource }) => resource.resourceType === 'Observation',
    );
    const entry = (body.entry as { resource: FhirResource }[])[observation];
    if (entry) entry.resource = { ...entry.resource, referenceRange: [{ text: 'x' }, {}] };
    const { status, resource } = await stage.push(body);
    expect(status).toBe(202);
    expect(toldIn(resource, 'obs-3')).toMatchObject([
      { severity: 'warning', expression: [`Bundle.entry[${observation}].resource.referenceRange[1]`] },
    ]);
  });
});
