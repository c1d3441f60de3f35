/** Redraws the diagrams of a page: each is a Mermaid block below a comment with its name. */
import { houseDiagram } from './house.ts';
import { stackDiagram } from './stack.ts';

const diagrams: Readonly<Record<string, () => string>> = { house: houseDiagram, stack: stackDiagram };

export function withDiagrams(markdown: string): string {
  return markdown.replaceAll(/^<!-- (\w+) -->\n```mermaid\n[^`]*```$/gm, (block, name: string) => {
    const draw = diagrams[name];
    return draw ? `<!-- ${name} -->\n\`\`\`mermaid\n${draw()}\n\`\`\`` : block;
  });
}
