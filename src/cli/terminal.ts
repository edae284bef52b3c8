/** What a command sees of the process it runs in. Handed in by `bin`, and scripted in tests. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Against which relative paths are resolved. */
  readonly directory: string
  /** Results: what a script would read. */
  print(output: string | Uint8Array): void
  /** Everything else that people should know. One line, without its end. */
  tell(line: string): void
  /** Standard input to its end, or until there are `bytesMax` of it: the rest, which may never end, is left unread. */
  readInput(bytesMax: number): Promise<Uint8Array>
  /** Calls `listener` for each of these signals instead of ending. Returns the way to stop that. */
  onSignals(signals: readonly NodeJS.Signals[], listener: (signal: NodeJS.Signals) => void): () => void
}
