// By which rule does a building block stand on the overview, or in the history? The words; docs/medication-overview.md has the table.
import type { Language } from '../../model.ts';

export type RuleId = keyof typeof ruleTexts;

const t = (nl: string, en: string): Readonly<Record<Language, string>> => ({ nl, en });

export const ruleTexts = {
  // why a line is where it is
  'in-force': t('geldt op dit moment', 'in force at this moment'),
  'until-stop': t('geldt tot de vastgelegde stop', 'in force until the recorded stop'),
  'starts-later': t('begint later', 'starts later'),
  ended: t('einddatum is verstreken', 'its end has passed'),
  stopped: t('gestopt', 'stopped'),
  interrupted: t('onderbroken', 'interrupted'),
  'administration-agreement-leads': t(
    'alleen een toedieningsafspraak bekend',
    'only an administration agreement is known',
  ),
  'schedule-leads': t('alleen een doseerschema bekend', 'only a dosing schedule is known'),
  'use-only': t('alleen gebruik bekend', 'only use is known'),
  'use-after-end': t('gebruik gemeld na het einde', 'use reported after the end'),
  // why a block stands beside it
  'belongs-to': t('hoort bij deze afspraak', 'belongs to this agreement'),
  'registered-after': t(
    'zonder verwijzing, na de afspraak geregistreerd',
    'without a reference, registered after it',
  ),
  'same-moment': t(
    'op hetzelfde moment vastgelegd; welke geldt, is niet te zeggen',
    'registered at the same moment; which of them holds cannot be said',
  ),
  'latest-use': t('laatst gemelde gebruik', 'use reported last'),
  replaces: t('vervangt', 'replaces'),
  // why a block is history
  replaced: t('vervangen door een nieuwe afspraak', 'replaced by a new agreement'),
  'stopped-by': t('gestopt door een stop-afspraak', 'stopped by a stop agreement'),
  'stopped-by-start': t('gestopt door een stop met dezelfde start', 'stopped by a stop with the same start'),
  'cancelled-by': t('geannuleerd', 'cancelled'),
  cancellation: t('annulering', 'a cancellation'),
  'stop-of-later': t('stop van iets dat nog niet begonnen was', 'stop of what had not begun'),
  'hidden-by-agreement': t(
    'technische stop naast een geldige afspraak',
    'technical stop beside a valid agreement',
  ),
  rival: t('een later geregistreerde geldt', 'one registered later holds'),
  earlier: t('eerder beëindigd', 'ended earlier'),
  'ended-long-ago': t('langer geleden beëindigd dan het venster', 'ended longer ago than the window'),
  'interrupted-long-ago': t(
    'langer geleden onderbroken dan het venster',
    'interrupted longer ago than the window',
  ),
  'owner-not-valid': t(
    'hoort bij een afspraak die niet meer geldt',
    'belongs to an agreement that no longer holds',
  ),
  'before-agreement': t('van voor een latere afspraak of stop', 'from before a later agreement or stop'),
  'own-end': t('zelf verstreken', 'has run out itself'),
  'use-before-change': t('gebruik van voor de laatste afspraak', 'use from before the latest agreement'),
  'earlier-use': t('eerder gemeld gebruik', 'use reported earlier'),
  'use-too-old': t('gebruik te lang geleden gemeld', 'use reported too long ago'),
  'no-line': t('de behandeling staat niet op het overzicht', 'the treatment is not on the overview'),
  administration: t('toediening', 'an administration'),
  'not-given': t('niet toegediend', 'not given'),
  request: t('verstrekkingsverzoek', 'a dispense request'),
  supply: t('verstrekking', 'a dispense'),
  'not-supplied': t('niet verstrekt', 'not dispensed'),
  'entered-in-error': t('ten onrechte vastgelegd', 'entered in error'),
} as const satisfies Record<string, Readonly<Record<Language, string>>>;
