// Which texts do not become the date, time or number that a target asks for?
import { describe, expect, it } from 'vitest';
import { cast, coerce } from './coerce.ts';

describe('a value that its type does not have', () => {
  it.each([
    ['2024-13-01', 'date'],
    ['2023-02-29', 'date'],
    ['2024-01-01T10:00:00Z', 'date'],
    ['2024-13-41T08:40:00+01:00', 'dateTime'],
    ['2024-01-01T08:40', 'dateTime'],
    ['2024-01-01T08:40:00', 'dateTime'],
    ['2024-01-01', 'instant'],
    ['25:00:00', 'time'],
    ['08:00', 'time'],
    ['', 'dateTime'],
    ['1,5', 'decimal'],
    ['0', 'positiveInt'],
    ['2147483648', 'integer'],
    ['9007199254740993', 'positiveInt'],
    ['ja', 'boolean'],
  ])('refuses %s as a %s', (value, type) => {
    expect(() => coerce(value, type)).toThrow(`the value is not a ${type}`);
  });
});

describe('a value of its type', () => {
  it.each([
    ['2024', 'date'],
    ['2024-02-29', 'dateTime'],
    ['2024-01-01T08:40:00.5+01:00', 'dateTime'],
    ['2024-01-01T08:40:00Z', 'instant'],
    ['08:00:00', 'time'],
  ])('keeps %s as a %s', (value, type) => {
    expect(coerce(value, type)).toBe(value);
  });

  it('loses its time where a date is asked for by name', () => {
    expect(cast('2024-01-01T08:40:00+01:00', 'date')).toBe('2024-01-01');
    expect(() => cast('2024-13-01T08:40:00+01:00', 'date')).toThrow('not a date');
  });
});
