// Which commands are there? One line each; a new use case adds its own here.
import { addAudit } from './audit.ts';
import { addBackup } from './backup.ts';
import { addCard } from './card.ts';
import type { AddCommand } from './command.ts';
import { addConfig } from './config.ts';
import { addConformance } from './conformance.ts';
import { addConformanceConsent } from './conformanceConsent.ts';
import { addConformanceMapping } from './conformanceMapping.ts';
import { addConformanceMedication } from './conformanceMedication.ts';
import { addConformanceValidation } from './conformanceValidation.ts';
import { addConformanceWishes } from './conformanceWishes.ts';
import { addConsent } from './consent.ts';
import { addDemo } from './demo.ts';
import { addHandover } from './handover.ts';
import { addKeys } from './keys.ts';
import { addMap } from './map.ts';
import { addMigrate } from './migrate.ts';
import { addMitz } from './mitz.ts';
import { addOutbox } from './outbox.ts';
import { addOverview } from './overview.ts';
import { addPackages } from './packages.ts';
import { addParticipant } from './participant.ts';
import { addSandbox } from './sandbox.ts';
import { addStart } from './start.ts';
import { addValidate } from './validate.ts';

export const commands: readonly AddCommand[] = [
  addStart,
  addConfig,
  addKeys,
  addMigrate,
  addBackup,
  addAudit,
  addOutbox,
  addMitz,
  addParticipant,
  addHandover,
  addConsent,
  addDemo,
  addSandbox,
  addConformance,
  addConformanceConsent,
  addConformanceMapping,
  addConformanceValidation,
  addConformanceMedication,
  addMap,
  addOverview,
  addValidate,
  addPackages,
  addCard,
  addConformanceWishes,
];
