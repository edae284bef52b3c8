/** A reason to end that the user should read: one message that says what to do, and the exit code. No stack. */
export class Failure extends Error {
  override readonly name = "Failure"
  readonly exitCode: number

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
