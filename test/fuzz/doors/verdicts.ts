/** What came of one request, in short, and what was wrong with that. */
export interface Verdict {
  /** As in `412 GENERATION_MISMATCH`. */
  readonly label: string
  /** Whatever was asked for has been done by now, or never will be. */
  readonly isAnswered: boolean
  /** Nothing may have changed. */
  readonly isRefused: boolean
  readonly wrong?: string
}

export function granted(label: string): Verdict {
  return { label, isAnswered: true, isRefused: false }
}

/** `isCertain`: nothing has been done, and nothing will be. */
export function refused(label: string, isCertain = true): Verdict {
  return { label, isAnswered: isCertain, isRefused: isCertain }
}

export function unanswered(label: string): Verdict {
  return { label, isAnswered: false, isRefused: false }
}

export function wrong(label: string, what: string): Verdict {
  return { ...unanswered(label), wrong: what }
}
