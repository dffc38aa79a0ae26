import { posix } from 'node:path';
import {
  allowedBarrels,
  generated,
  impure,
  type Part,
  packageOwners,
  parts,
  type Rule,
  rules,
  wordOwners,
} from './import-rules.js';
import { type Reference, readReferences, type Use } from './read-references.js';

/** Something that breaks the rules: where, and which rule, in words. */
export interface Violation {
  file: string;
  line: number;
  message: string;
}

function partOf(file: string): Part | undefined {
  return parts.find(({ files }) => files.test(file))?.part;
}

function ruleOf(part: Part): Rule | undefined {
  return rules.find(({ from }) => from === part);
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function checkPackage(reference: Reference, part: Part): string[] {
  const { specifier, values } = reference;
  const problems: string[] = [];
  const owned = packageOwners.find((owner) => owner.package === packageOf(specifier));
  if (owned && part !== 'spec' && !owned.owners.includes(part)) {
    problems.push(`imports ${specifier}, which only ${owned.owners.join(' and ')} may`);
  }
  const allowed = ruleOf(part)?.packages;
  if (!allowed) return problems;
  const allowance = allowed.find((candidate) => candidate.package === packageOf(specifier));
  if (!allowance) return [...problems, `${part} may not import ${specifier}`];
  const limit = allowance.values;
  const refused = limit === undefined ? [] : values.filter((name) => limit === 'none' || !limit.test(name));
  if (refused.length > 0) problems.push(`${part} may not import the value ${refused.join(', ')} of ${specifier}`);
  return problems;
}

function checkFile(reference: Reference, part: Part, target: string): string[] {
  const { specifier, typeOnly } = reference;
  if (!specifier.endsWith('.js')) return [`imports ${specifier}, but relative imports end in .js`];
  if (part === 'spec') return [];
  const targetPart = partOf(target);
  if (targetPart === undefined) return [`imports ${target}, which is no part of the product`];
  if (targetPart === 'spec') return [`imports the spec ${target}`];
  const rule = ruleOf(part);
  if (targetPart === part || rule?.may.includes(targetPart)) return [];
  if (rule?.typesOf?.includes(targetPart)) {
    return typeOnly ? [] : [`${part} may import ${target} by \`import type\` only`];
  }
  return [`${part} may not import ${targetPart} (${target})`];
}

function checkUse(use: Use, part: Part): string[] {
  if (part === 'spec') return [];
  if (use.kind === 'computed import') return ['imports a module whose name is not written out'];
  if (use.kind === 'impure') return part === impure.part ? [`${part} may not use ${use.text}`] : [];
  const owners = wordOwners.find(({ word }) => word === use.kind)?.owners ?? [];
  return owners.includes(part) ? [] : [`uses ${use.text}, which only ${owners.join(' and ')} may`];
}

/** Groups of files that import each other, directly or through others (Tarjan's strongly connected components). */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1 || graph.get(node)?.includes(node)) cycles.push(group.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return cycles;
}

/**
 * Holds sources to the table.
 * @param sources path from the root of the repository → text
 */
export function checkImports(sources: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const graph = new Map<string, string[]>();
  for (const [file, text] of sources) {
    if (generated.test(file)) continue;
    const part = partOf(file);
    if (part === undefined) {
      violations.push({ file, line: 1, message: 'belongs to no part of the table in import-rules.ts' });
      continue;
    }
    const facts = readReferences(file, text);
    const targets: string[] = [];
    for (const reference of facts.references) {
      const { line, specifier } = reference;
      const relative = specifier.startsWith('.');
      const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
      const problems = relative ? checkFile(reference, part, target) : checkPackage(reference, part);
      violations.push(...problems.map((message) => ({ file, line, message })));
      if (relative) targets.push(target);
    }
    for (const use of facts.uses) {
      violations.push(...checkUse(use, part).map((message) => ({ file, line: use.line, message })));
    }
    if (facts.onlyReexports && !allowedBarrels.has(file)) {
      violations.push({ file, line: 1, message: 'only passes on what other files export' });
    }
    graph.set(file, targets);
  }
  for (const cycle of findCycles(graph)) {
    violations.push({ file: cycle[0]!, line: 1, message: `is in a cycle of imports: ${cycle.join(', ')}` });
  }
  return violations;
}
