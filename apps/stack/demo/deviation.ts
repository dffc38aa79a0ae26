/** Something was not as it should be: the demo ends with exit 1 and names the step. */
export class Deviation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Deviation';
  }
}

/** @throws Deviation */
export function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Deviation(`expected: ${what}`);
}

/** Compares what was observed with what must be, by their JSON. @throws Deviation */
export function expectSame(observed: unknown, wanted: unknown, what: string): void {
  const [seen, should] = [JSON.stringify(observed), JSON.stringify(wanted)];
  if (seen !== should) throw new Deviation(`${what}: observed ${seen}, wanted ${should}`);
}

/** Looks again and again until `look` gives a value. @throws Deviation after `timeoutMs` */
export async function eventually<Value>(
  what: string,
  timeoutMs: number,
  look: () => Promise<Value | undefined | false>,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Deviation(`waited ${timeoutMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
