/** Figures as a table for people, and as JSON for programs. */
export interface ReportRow {
  readonly workload: string
  readonly system: string
  readonly subject: string
  readonly figures: Readonly<Record<string, number>>
}

/** One table per workload. Rows of a workload may have different figures: what a row lacks is left blank. */
export function asTables(rows: readonly ReportRow[], meanings: ReadonlyMap<string, string>): string {
  const workloads = [...new Set(rows.map(({ workload }) => workload))]
  return workloads
    .map((workload) => {
      const own = rows.filter((row) => row.workload === workload)
      return `${workload}: ${meanings.get(workload) ?? ""}\n${asTable(own)}`
    })
    .join("\n\n")
}

function asTable(rows: readonly ReportRow[]): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  const lines = [
    ["system", "", ...columns],
    ...rows.map(({ system, subject, figures }) => [system, subject, ...columns.map((name) => inWords(figures[name]))]),
  ]
  const widths = lines[0]?.map((_, place) => Math.max(...lines.map((line) => line[place]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line
        .map((cell, place) => (place < 2 ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

/** Three digits that count, and thousands set off. */
function inWords(figure: number | undefined): string {
  if (figure === undefined || Number.isNaN(figure)) return ""
  if (Math.abs(figure) >= 100) return Math.round(figure).toLocaleString("en-US")
  return String(Number(figure.toPrecision(3)))
}
