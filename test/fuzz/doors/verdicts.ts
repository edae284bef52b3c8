/** What came of one request, in short, and what was wrong with that. */
export interface Verdict {
  /** As in `412 GENERATION_MISMATCH`. */
  readonly label: string
  /** Nothing may have changed. */
  readonly isRefused: boolean
  readonly wrong?: string
}

export function wrong(label: string, what: string): Verdict {
  return { label, isRefused: false, wrong: what }
}
