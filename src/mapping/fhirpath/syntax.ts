// What does a FHIRPath expression say? Its tree: http://hl7.org/fhirpath/N1/ (grammar of section 12).

/** Where an expression part starts in its map's text. */
export type Spot = { line: number; column: number };

export type Expression = Spot &
  (
    | { kind: 'literal'; value: string | number | boolean; literal: 'string' | 'number' | 'boolean' | 'date' }
    | { kind: 'quantity'; value: number; unit: string }
    | { kind: 'empty' }
    | { kind: 'variable'; name: string }
    | { kind: 'special'; name: '$this' | '$index' | '$total' }
    | { kind: 'member'; base?: Expression; name: string }
    | { kind: 'call'; base?: Expression; name: string; parameters: readonly Expression[] }
    | { kind: 'index'; base: Expression; index: Expression }
    | { kind: 'unary'; operator: '+' | '-'; operand: Expression }
    | { kind: 'binary'; operator: string; left: Expression; right: Expression }
    | { kind: 'type'; operator: 'is' | 'as'; operand: Expression; type: string }
  );
