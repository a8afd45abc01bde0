// What does a map's folder say about it? `NAME.json` beside `NAME.map`, checked when the map is loaded.
import { z } from 'zod';

export const manifestSchema = z.strictObject({
  title: z.string().min(1).describe('What the map does, in one line'),
  source: z
    .strictObject({
      kind: z
        .enum(['fhir', 'fhir-stu3', 'fhir-r4', 'json', 'xml'])
        .describe('What the map reads; fhir: R4 or STU3, XML read as the one that it fits'),
      schema: z.string().optional().describe('JSON Schema (2020-12) of the source, a file in the folder'),
    })
    .describe('The source'),
  target: z.enum(['stu3', 'r4', 'none']).describe('FHIR version of what the map makes; none: not FHIR'),
  entry: z.string().optional().describe('The group to start with; the first of the map when absent'),
  uses: z
    .array(z.string())
    .default([])
    .describe('Other folders whose maps and concept maps this map may import'),
});

export type Manifest = z.infer<typeof manifestSchema>;
