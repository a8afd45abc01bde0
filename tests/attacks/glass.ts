// How does a crew open a record in an emergency? The request for a grant, and what comes of it.
import type { Expected } from './attack.ts';
import { type Asking, operate, parameters } from './questions.ts';
import { mustBe } from './raw.ts';
import { patientParameter } from './region.ts';
import type { Seen, Stage } from './stage.ts';

export const words = 'Bewusteloos aangetroffen op straat, geen naasten bereikbaar';

export const emergency: Asking = { vouch: { purpose: ['ETREAT'] } };

type Reason = { reason?: object; name?: 'glass' | 'no'; more?: object[] };

export const openGlass = (
  stage: Stage,
  { reason = { valueString: words }, name = 'glass', more = [] }: Reason = {},
  asking = emergency,
) =>
  operate(
    stage,
    {
      path: '/r4/$break-glass',
      body: parameters(patientParameter(name), { name: 'reason', ...reason }, ...more),
    },
    asking,
  );

type Grant = { id: string; stage: number };

export function grantOf(seen: Seen): Grant {
  mustBe(seen, { status: 200 }, 'the grant');
  const { parameter } = JSON.parse(seen.text) as {
    parameter: { name: string; valueId?: string; valueInteger?: number }[];
  };
  const of = (name: string) => parameter.find((one) => one.name === name);
  return { id: of('breakGlass')?.valueId ?? '', stage: of('stage')?.valueInteger ?? 0 };
}

export const refusedBy = (code: string): Expected => ({ status: [403, 422], code });
