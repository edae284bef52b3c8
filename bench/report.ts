/** Figures as tables for people, which are Markdown, and as JSON for programs. */
export interface ReportRow {
  readonly workload: string
  readonly system: string
  /** By what client, where several are compared. */
  readonly client?: string
  readonly subject: string
  readonly figures: Readonly<Record<string, number>>
}

/** One table. Rows may have different figures: what a row lacks is left blank. */
export function asTable(rows: readonly ReportRow[]): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  const labels = rows.some(({ client }) => client !== undefined) ? ["system", "client", "what"] : ["system", "what"]
  const lines = rows.map(({ system, client, subject, figures }) => {
    const words = labels.length === 2 ? [system, subject] : [system, client ?? "", subject]
    return [...words, ...columns.map((name) => inWords(figures[name]))]
  })
  const header = [...labels, ...columns]
  const widths = header.map((word, place) => Math.max(3, word.length, ...lines.map((line) => line[place]?.length ?? 0)))
  const isWord = (place: number): boolean => place < labels.length
  const rule = widths.map((width, place) => (isWord(place) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))
  const padded = [header, ...lines].map((line) =>
    line.map((cell, place) => (isWord(place) ? cell.padEnd(widths[place] ?? 0) : cell.padStart(widths[place] ?? 0))),
  )
  return [...padded.slice(0, 1), rule, ...padded.slice(1)].map((line) => `| ${line.join(" | ")} |`).join("\n")
}

export interface Deciding {
  /** The first of these that a row has. */
  readonly figures: readonly string[]
  readonly isBetter: "more" | "less"
}

/** To each row of another system: how many times better `own` did in the same subject. */
export function withRatios(rows: readonly ReportRow[], own: string, { figures, isBetter }: Deciding): ReportRow[] {
  return rows.map((row) => {
    const figure = figures.find((name) => row.figures[name] !== undefined) ?? ""
    const mine = rows.find(({ system, subject }) => system === own && subject === row.subject)?.figures[figure]
    const theirs = row.figures[figure]
    if (row.system === own || mine === undefined || theirs === undefined) return row
    const ratio = isBetter === "more" ? mine / theirs : theirs / mine
    return { ...row, figures: { ...row.figures, [`${own} is better, times`]: ratio } }
  })
}

/** Three digits that count, and thousands set off. */
function inWords(figure: number | undefined): string {
  if (figure === undefined || Number.isNaN(figure)) return ""
  if (Math.abs(figure) >= 100) return Math.round(figure).toLocaleString("en-US")
  return String(Number(figure.toPrecision(3)))
}
