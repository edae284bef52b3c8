/** The address that a door should open at can't be had. What people are told names the port and the way out. */
export type BindProblem = "taken" | "notPermitted" | "notOfThisMachine" | "other"

export class BindError extends Error {
  override readonly name = "BindError"
  readonly address: string
  readonly problem: BindProblem

  constructor(address: string, door: "gRPC" | "HTTP", cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    const problem = problemOf(detail)
    super(`the ${door} door can't open at ${address}: ${adviceFor(problem, address, detail)}`, { cause })
    this.address = address
    this.problem = problem
  }
}

/** Node puts the system's name for the error into the message; gRPC passes on nothing but the message. */
function problemOf(detail: string): BindProblem {
  if (detail.includes("EADDRINUSE")) return "taken"
  if (detail.includes("EACCES")) return "notPermitted"
  if (detail.includes("EADDRNOTAVAIL") || detail.includes("ENOTFOUND")) return "notOfThisMachine"
  return "other"
}

function adviceFor(problem: BindProblem, address: string, detail: string): string {
  const port = address.slice(address.lastIndexOf(":") + 1)
  switch (problem) {
    case "taken":
      return `port ${port} is taken. Stop the program that listens there, or give this replica another port.`
    case "notPermitted":
      return `port ${port} is not open to this user. Take a port from 1024 on.`
    case "notOfThisMachine":
      return "the host is not one of this machine's addresses. Correct it in the cell's configuration."
    case "other":
      return detail
  }
}
