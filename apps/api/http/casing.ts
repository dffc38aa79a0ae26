/** The API's names are snake_case, the rows' camelCase: this is the only difference between them. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

export type CamelKeys<Value> = { [Key in keyof Value as Key extends string ? CamelCase<Key> : Key]: Value[Key] };

export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The fields of a validated body under the names of the row's columns. Not deep: a column's JSON stays as it is. */
export function camelKeys<Value extends object>(value: Value): CamelKeys<Value> {
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [camelCase(name), entry])) as CamelKeys<Value>;
}
