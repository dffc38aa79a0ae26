import ts from 'typescript';
import { impure, sqlMethods } from './import-rules.js';

/** One place where a file names another module. */
export interface Reference {
  line: number;
  specifier: string;
  /** Whether the statement as a whole vanishes when types are removed: `import type`, `export type`, `import('…').T`. */
  typeOnly: boolean;
  /** What is imported as a value. `*` stands for everything: a namespace, a default, a side effect, `import()`. */
  values: string[];
}

/** One use of something that only some parts may use. */
export interface Use {
  line: number;
  kind: 'process.env' | 'sql' | 'impure' | 'computed import';
  text: string;
}

export interface SourceFacts {
  references: Reference[];
  uses: Use[];
  /** Whether every statement only passes on what other files declare. */
  onlyReexports: boolean;
}

function importedValues(clause: ts.ImportClause | undefined): string[] {
  if (!clause) return ['*'];
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
  const names = clause.name ? ['default'] : [];
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.push('*');
  if (bindings && ts.isNamedImports(bindings)) names.push(...valueNames(bindings.elements));
  return names;
}

function valueNames(elements: ts.NodeArray<ts.ImportSpecifier> | ts.NodeArray<ts.ExportSpecifier>): string[] {
  return [...elements]
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}

function reexportedValues(declaration: ts.ExportDeclaration): string[] {
  if (declaration.isTypeOnly) return [];
  const clause = declaration.exportClause;
  return clause && ts.isNamedExports(clause) ? valueNames(clause.elements) : ['*'];
}

/** The name that `process`, `globalThis.process` or `global['process']` ends in. */
function lastName(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return node.argumentExpression.text;
  }
  return undefined;
}

function memberName(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const [owner, member] = [lastName(node.expression), lastName(node)];
  return owner && member ? `${owner}.${member}` : undefined;
}

/** Takes `env` out of `process` by a pattern: `const { env } = process`. */
function destructuresEnvironment(node: ts.Node): boolean {
  return (
    ts.isVariableDeclaration(node) &&
    ts.isObjectBindingPattern(node.name) &&
    node.initializer !== undefined &&
    lastName(node.initializer) === 'process' &&
    node.name.elements.some((element) => lastName(element.propertyName ?? element.name) === 'env')
  );
}

/** Whether an identifier stands for a value, and not for a key, a member, a label or a name being declared. */
function isValueUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent)) {
    return parent.initializer === node;
  }
  return (
    !ts.isTypeNode(parent) &&
    !ts.isTypeElement(parent) &&
    !ts.isClassElement(parent) &&
    !ts.isMethodDeclaration(parent) &&
    !ts.isFunctionDeclaration(parent) &&
    !ts.isEnumMember(parent) &&
    !ts.isImportSpecifier(parent) &&
    !ts.isExportSpecifier(parent) &&
    !ts.isQualifiedName(parent)
  );
}

/** Names that the file declares itself: a parameter called `process` is no global. */
function declaredNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

function clockWithoutArgument(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return lastName(node.expression) === 'Date' && !node.arguments?.length;
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Date';
}

/**
 * Reads what a source says about other modules and about things that are reserved to some parts. It looks at syntax
 * alone, so that it also works on sources that exist only in a test.
 */
export function readReferences(path: string, text: string): SourceFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const references: Reference[] = [];
  const uses: Use[] = [];
  const declared = declaredNames(file);
  const lineOf = (node: ts.Node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const refer = (node: ts.Node, specifier: ts.Node, typeOnly: boolean, values: string[]) => {
    if (ts.isStringLiteralLike(specifier)) {
      references.push({ line: lineOf(node), specifier: specifier.text, typeOnly, values });
      // The environment can also be imported by name.
      if (/^(?:node:)?process$/.test(specifier.text) && values.includes('env')) use(node, 'process.env');
    } else use(node, 'computed import');
  };
  const use = (node: ts.Node, kind: Use['kind'], text: string = kind) => uses.push({ line: lineOf(node), kind, text });

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      refer(node, node.moduleSpecifier, typeOnly, importedValues(node.importClause));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      refer(node, node.moduleSpecifier, node.isTypeOnly, reexportedValues(node));
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      refer(node, node.moduleReference.expression, node.isTypeOnly, node.isTypeOnly ? [] : ['*']);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      refer(node, node.argument.literal, true, []);
    } else if (ts.isCallExpression(node)) {
      const [first] = node.arguments;
      const requires = ts.isIdentifier(node.expression) && node.expression.text === 'require';
      if (first && (requires || node.expression.kind === ts.SyntaxKind.ImportKeyword)) refer(node, first, false, ['*']);
    }

    const member = memberName(node);
    if (member === 'process.env' || destructuresEnvironment(node)) use(node, 'process.env');
    if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && sqlMethods.has(node.text))
      use(node, 'sql', node.text);
    if (member && impure.members.has(member)) use(node, 'impure', member);
    if (clockWithoutArgument(node)) use(node, 'impure', 'new Date()');
    if (ts.isIdentifier(node) && impure.globals.has(node.text) && !declared.has(node.text) && isValueUse(node)) {
      use(node, 'impure', node.text);
    }
    if (member?.startsWith('globalThis.') && impure.globals.has(member.slice('globalThis.'.length))) {
      use(node, 'impure', member);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);

  const statements = file.statements.filter((statement) => !ts.isEmptyStatement(statement));
  const passesOn = statements.some((statement) => ts.isExportDeclaration(statement));
  const nothingElse = statements.every((s) => ts.isExportDeclaration(s) || ts.isImportDeclaration(s));
  return { references, uses, onlyReexports: passesOn && nothingElse };
}
