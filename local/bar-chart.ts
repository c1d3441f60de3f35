/** A bar chart as SVG, for light and dark pages. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

interface Bar {
  readonly label: string;
  readonly value: number;
  /** Highlights the bar. */
  readonly isOurs: boolean;
}

/** Draws the panels below each other, each to its own scale. @param description Alternative text. */
export function drawChart(description: string, panels: readonly Panel[]): string {
  let top = margin;
  const parts = panels.map(({ title, unit, bars }) => {
    const greatest = Math.max(...bars.map(({ value }) => value));
    const heading = text(margin, top + fontSize, title, 'title');
    const rows = bars.map(({ label, value, isOurs }, i) => {
      const y = top + titleHeight + i * rowHeight;
      const width = (value / greatest) * barSpace;
      const baseline = y + rowHeight / 2 + fontSize / 3;
      return [
        text(margin + labelWidth - gap, baseline, label, 'label'),
        `<rect x="${margin + labelWidth}" y="${y + gap / 2}" width="${width.toFixed(1)}" height="${rowHeight - gap}" rx="2" class="${isOurs ? 'ours' : 'bar'}"/>`,
        text(margin + labelWidth + width + gap, baseline, `${value.toFixed(0)} ${unit}`, 'value'),
      ].join('\n');
    });
    top += titleHeight + bars.length * rowHeight + panelGap;
    return [heading, ...rows].join('\n');
  });
  const height = top - panelGap + margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${totalWidth} ${height}" width="${totalWidth}" height="${height}" role="img" aria-label="${escaped(description)}">
<style>
text { font: ${fontSize}px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.label { text-anchor: end }
.bar { fill: #9aa4b0 }
.ours { fill: #1a7f5a }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #59636e } .ours { fill: #3fb68b } }
</style>
${parts.join('\n')}
</svg>
`;
}

function text(x: number, y: number, content: string, kind: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${kind}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

// Pixels.
const totalWidth = 760;
const margin = 12;
const labelWidth = 190;
/** The longest bar leaves space for its figure. */
const barSpace = totalWidth - 2 * margin - labelWidth - 90;
const fontSize = 13;
const titleHeight = 26;
const rowHeight = 24;
const gap = 8;
const panelGap = 18;
