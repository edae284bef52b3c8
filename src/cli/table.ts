/** Lines of words, in columns as wide as their widest word. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const [titles = []] = lines
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((word, column) => word.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
