/**
 * Adds a counter to every branch of a source, so that the fuzzer sees which input reaches new code. Line numbers are kept.
 */
import { parseAst } from 'vitest/node';

/**
 * @param source TypeScript or JavaScript, an ES module.
 * @returns A module that asks the global function `openBranches` for its counters, and passes it the constants that it may
 *   compare its input with.
 */
export function instrument(source: string): string {
  const constants = new Set<string | number>();
  let branches = 0;
  const count = () => `${counters}[${branches++}]++`;

  const render = (node: Node): string => {
    if (node.type === 'Literal' && isConstant(node.value)) constants.add(node.value);
    const nodes = branchesOf(node);
    let text = '';
    let at = node.start;
    for (const child of childrenOf(node)) {
      // In `{ name }` key and value are the same text.
      if (child.start < at) continue;
      text += source.slice(at, child.start) + (nodes.includes(child) ? renderBranch(child) : render(child));
      at = child.end;
    }
    text += source.slice(at, node.end);
    return node.type === 'IfStatement' && !node.alternate ? `${text}else{${count()}}` : text;
  };
  const renderBranch = (node: Node): string => {
    const counting = count();
    const text = render(node);
    if (node.type === 'BlockStatement') return `{${counting};${text.slice(1)}`;
    return isStatement(node) ? `{${counting};${text}}` : `(${counting},(${text}))`;
  };

  const program = parseAst(source, { lang: 'ts' }) as unknown as Node;
  const text = source.slice(0, program.start) + render(program);
  return `const ${counters}=openBranches(${branches},${JSON.stringify([...constants])});${text}`;
}

const counters = '$branches';

/** A node of an ESTree: https://github.com/estree/estree */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Code that runs conditionally. */
function branchesOf(node: Node): unknown[] {
  return (branchFields[node.type] ?? []).map((field) => node[field]);
}

const branchFields: { readonly [type: string]: readonly string[] } = {
  IfStatement: ['consequent', 'alternate'],
  ConditionalExpression: ['consequent', 'alternate'],
  LogicalExpression: ['right'],
  AssignmentPattern: ['right'],
  ForStatement: ['body'],
  ForOfStatement: ['body'],
  ForInStatement: ['body'],
  WhileStatement: ['body'],
  DoWhileStatement: ['body'],
  CatchClause: ['body'],
  FunctionDeclaration: ['body'],
  FunctionExpression: ['body'],
  ArrowFunctionExpression: ['body'],
};

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter(isNode)
    .sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function isStatement({ type }: Node): boolean {
  return /(Statement|Declaration)$/.test(type);
}

/** Longer strings, and strings with spaces, are messages. */
function isConstant(value: unknown): value is string | number {
  return typeof value === 'string' ? /^\S{2,24}$/.test(value) : typeof value === 'number' && value > 255;
}
