/** A reason to end that the user should read: one message that says what to do, and the exit code. No stack. */
export interface FailureOptions extends ErrorOptions {
  /** The word that programs find in the JSON of the error. */
  readonly code?: string
}

export class Failure extends Error {
  override readonly name = "Failure"
  readonly exitCode: number
  readonly code: string

  constructor(exitCode: number, message: string, { code = "FAILED", ...options }: FailureOptions = {}) {
    super(message, options)
    this.exitCode = exitCode
    this.code = code
  }
}
