// Which rules does the specification state outside its definitions? One list per resource type.
import type { Item } from './fhirpath/items.ts';
import type { Run } from './run.ts';

/** Checks what no StructureDefinition says. */
export function checkSpecial(_item: Item, _run: Run, _contained: boolean): void {}
