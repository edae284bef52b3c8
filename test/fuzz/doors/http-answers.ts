/** Reads the answers out of what a connection has said, as far as they are whole. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

export interface HeardAnswers {
  readonly answers: readonly HttpAnswer[]
  /** Bytes behind the last whole answer. */
  readonly rest: Buffer
}

/** `isHead`: by number of the answer, whether it has no body although it names a length. `isOver`: nothing more comes. */
export function readAnswers(said: Buffer, isHead: (at: number) => boolean, isOver: boolean): HeardAnswers {
  const answers: HttpAnswer[] = []
  let rest = said
  for (;;) {
    const headEnd = rest.indexOf("\r\n\r\n")
    if (headEnd < 0) return { answers, rest }
    const [first = "", ...lines] = rest.subarray(0, headEnd).toString("latin1").split("\r\n")
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? Number.NaN)
    if (Number.isNaN(status)) return { answers, rest }
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    )
    const after = rest.subarray(headEnd + 4)
    const hasBody = status >= 200 && status !== 204 && status !== 304 && !isHead(answers.length)
    const found = hasBody ? bodyIn(after, headers, isOver) : { body: Buffer.alloc(0), rest: after }
    if (found === undefined) return { answers, rest }
    // What is merely on the way to an answer is none.
    if (status >= 200) answers.push({ status, headers, body: found.body })
    rest = found.rest
  }
}

interface Body {
  readonly body: Buffer
  readonly rest: Buffer
}

function bodyIn(bytes: Buffer, headers: ReadonlyMap<string, string>, isOver: boolean): Body | undefined {
  const length = headers.get("content-length")
  if (length !== undefined) {
    const size = Number(length)
    return bytes.length < size ? undefined : { body: bytes.subarray(0, size), rest: bytes.subarray(size) }
  }
  if (headers.get("transfer-encoding") === "chunked") return chunksIn(bytes)
  return isOver ? { body: bytes, rest: Buffer.alloc(0) } : undefined
}

function chunksIn(bytes: Buffer): Body | undefined {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString(), 16)
    // What is no length is no chunk: somebody has misread what came before.
    if (Number.isNaN(size)) return undefined
    const end = lineEnd + 2 + size + 2
    if (bytes.length < end) return undefined
    chunks.push(bytes.subarray(lineEnd + 2, end - 2))
    at = end
    if (size === 0) return { body: Buffer.concat(chunks), rest: bytes.subarray(at) }
  }
}
