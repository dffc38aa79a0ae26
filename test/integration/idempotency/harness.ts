import { type Cut, CutOff } from '../../support/cut-off.js';
import { LedgerAccount } from '../../support/ledger-account.js';
import type { EndState, StateRow } from './end-state.js';
import type { Workbench } from './workbench.js';

/** A moment in which an activity is called. */
export interface Situation {
  /** The method, as the workflow calls it. */
  activity: string;
  /** Completes "when …". */
  when: string;
  /** Makes the situation in an account of its own; what it answers runs the activity. */
  prepare(bench: Workbench, account: LedgerAccount): Promise<() => Promise<unknown>>;
  /** Looks whether a single run does what it is for: without that, an activity that does nothing would pass. */
  ends(end: End): void;
  /** The effects of a single run, in order. */
  effects: string[];
  /** Why a run after a cut may answer something else than a single run; nobody decides anything by it. */
  answerOfOneRun?: string;
}

export class End {
  constructor(
    private readonly rows: StateRow[],
    readonly result: unknown,
  ) {}

  of(table: string): StateRow[] {
    return this.rows.filter((row) => row.table === table);
  }

  /** One column of a table. */
  values(table: string, column: string): unknown[] {
    return this.of(table).map((row) => row[column]);
  }

  /** How many keys of each kind there are. */
  get keys(): Record<string, number> {
    const kinds: Record<string, number> = {};
    for (const kind of this.values('subject_keys', 'kind') as string[]) kinds[kind] = (kinds[kind] ?? 0) + 1;
    return kinds;
  }
}

interface Play {
  before: EndState;
  /** After each run. */
  states: EndState[];
  /** After the first run, which also tells its effects. */
  first: End;
  effects: readonly string[];
}

/** Runs a situation made anew as often as there are entries, each cut off as it says. */
async function play(bench: Workbench, situation: Situation, runs: (Cut | undefined)[]): Promise<Play> {
  await bench.clear();
  bench.effects.begin();
  const account = await LedgerAccount.open(bench.db, bench.keyring);
  const run = await situation.prepare(bench, account);
  const before = (await bench.read(account.id)).state;
  const states: EndState[] = [];
  let first: Pick<Play, 'first' | 'effects'> | undefined;
  for (const cut of runs) {
    bench.effects.begin(cut);
    const outcome = await run().then(
      (result) => ({ result, whole: true }),
      (error: unknown) => {
        if (error instanceof CutOff) return { result: undefined, whole: false };
        throw error;
      },
    );
    if (outcome.whole === (cut !== undefined)) throw new Error(`the run did not end at ${JSON.stringify(cut)}`);
    const effects = [...bench.effects.done];
    const compared = situation.answerOfOneRun === undefined ? outcome.result : undefined;
    const { rows, state } = await bench.read(account.id, compared);
    states.push(state);
    first ??= { first: new End(rows, outcome.result), effects };
  }
  return { before, states, ...first! };
}

/**
 * Runs a situation made anew for each of its effects, cut off there, then to its end, and compares what is left.
 * @throws what `expect` throws, naming where the run was cut off
 */
export async function prove(bench: Workbench, situation: Situation): Promise<void> {
  const uncut = await play(bench, situation, [undefined, undefined]);
  const [wanted, twice] = uncut.states;
  situation.ends(uncut.first);
  expect(uncut.effects).toEqual(situation.effects);
  expect({ run: 'twice', end: twice }).toEqual({ run: 'twice', end: wanted });

  let reached = uncut.before;
  for (const [index, effect] of situation.effects.entries()) {
    const number = index + 1;
    if (effect === 'transaction') {
      const run = `cut off before effect ${number} committed`;
      const { states } = await play(bench, situation, [{ inside: number }, undefined]);
      expect({ run, left: states[0], end: states[1] }).toEqual({ run, left: reached, end: wanted });
    }
    const run = `cut off after effect ${number}, ${effect}`;
    const { states } = await play(bench, situation, [{ after: number }, undefined]);
    expect({ run, end: states[1] }).toEqual({ run, end: wanted });
    reached = states[0]!;
  }
}
