// What does a FHIRPath expression say? Its tree: http://hl7.org/fhirpath/N1/ (grammar of section 12).

/** Where a part of an expression starts in its text. */
export type Spot = { line: number; column: number };

export type Expression = Spot &
  (
    | { kind: 'literal'; value: string | boolean; literal: 'string' | 'boolean' | 'date' }
    | { kind: 'literal'; value: number; literal: 'number'; decimal: boolean }
    | { kind: 'quantity'; value: number; unit: string; calendar: boolean }
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
