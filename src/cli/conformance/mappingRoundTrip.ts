// Do STU3 and R4 resources come back whole from the other version? One case for each file.
import { relative } from 'node:path';
import type { Ways } from '../../mapping/roundTrip.ts';
import { elementOf, problemsOf } from '../map/roundTripReport.ts';
import { tripsOf } from '../map/roundTrips.ts';
import type { MappingCase } from './mappingSuite.ts';

/** A case for every file of the folder; what a map leaves out on purpose is known by its reason. */
export function* roundTripCases(folder: string, ways: Ways): Generator<MappingCase> {
  for (const one of tripsOf([folder], ways)) {
    const losses = 'trip' in one ? one.trip.losses : [];
    yield {
      name: relative(folder, one.file),
      problems: problemsOf(one),
      known: losses.flatMap(({ path, reason }) =>
        reason === undefined ? [] : [`${one.version} ${elementOf(path)}: ${reason}`],
      ),
    };
  }
}
