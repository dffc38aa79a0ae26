// npm run bench -- NAME [--n N] [--seed S]
//
// One benchmark is one file beside this one, named like it; what benchmarks need lies in folders. Progress goes to
// standard error; the last line of standard output is one JSON object. Exit 0: measured; 1: it failed, or what it
// measured is not as it must be; 2: called wrongly.
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** How much of it; each benchmark has a default. */
  n?: number;
  /** Repeats the random choices of a run that printed it. */
  seed?: string;
  /** One line for whoever waits. */
  onProgress(line: string): void;
}

export interface Benchmark {
  run(options: BenchOptions): Promise<object>;
  /** Whether a result is as it must be; without it every result is. The reasons were told as progress. */
  isRight?(result: object): boolean;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => basename(file).replace(/\.[jt]s$/, ''))
  .filter((name) => name !== 'main')
  .sort();

function refuse(complaint: string): never {
  console.error(
    `${complaint}\n\nnpm run bench -- NAME [--n N] [--seed S]\n\n${names.map((name) => `  ${name}`).join('\n')}`,
  );
  process.exit(2);
}

function readArguments(): { name: string; n?: number; seed?: string } {
  try {
    const { values, positionals } = parseArgs({
      options: { n: { type: 'string' }, seed: { type: 'string' } },
      allowPositionals: true,
    });
    const [name, ...more] = positionals;
    if (name === undefined) return refuse('No benchmark was named.');
    if (more.length > 0 || !names.includes(name)) return refuse(`There is no benchmark "${positionals.join(' ')}".`);
    if (values.n !== undefined && !/^[1-9]\d{0,8}$/.test(values.n))
      return refuse('--n must be a whole number above 0.');
    return { name, n: values.n === undefined ? undefined : Number(values.n), seed: values.seed };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const { name, ...options } = readArguments();
try {
  const benchmark = (await import(new URL(`./${name}.js`, import.meta.url).href)) as Benchmark;
  const result = await benchmark.run({ ...options, onProgress: (line) => process.stderr.write(`${line}\n`) });
  const exitCode = benchmark.isRight?.(result) === false ? 1 : 0;
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(exitCode));
} catch (error) {
  console.error(error);
  process.exit(1);
}
