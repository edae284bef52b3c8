/**
 * A resolution as it is told: as JSON, as lines of text, as an event. Each form is made once, when it is first wanted,
 * however many ask for it: names are looked up far more often than they change.
 */
import { type Refusal, refuse } from "../../contract/errors.ts"
import { contentsBytes, etagOf, type NameInstance, type Resolution } from "./resolution.ts"

export class Answer {
  readonly resolution: Resolution
  #etag: string | undefined
  #json: string | undefined
  #event: Buffer | undefined

  constructor(resolution: Resolution) {
    this.resolution = resolution
  }

  get etag(): string {
    return (this.#etag ??= etagOf([this.resolution]))
  }

  get json(): string {
    return (this.#json ??= JSON.stringify(jsonOf(this.resolution)))
  }

  /** One server-sent event, by the commit index as its id; `gone` if there is no such name. */
  get event(): Buffer {
    const { kind, index } = this.resolution
    const named = kind === "missing" ? "event: gone\n" : ""
    return (this.#event ??= Buffer.from(`${named}id: ${index}\ndata: ${this.json}\n\n`))
  }

  /** Contents line by line, without the line break that a file may end with. */
  get lines(): readonly string[] | Refusal {
    if (this.resolution.kind === "missing") return []
    const lines: string[] = []
    for (const { name, contents } of this.resolution.instances) {
      const line = textOf(contents)?.replace(/\r?\n$/, "")
      if (line === undefined || /[\r\n]/.test(line)) {
        return refuse("INVALID_ARGUMENT", `${name} holds more than a line of text: ask for JSON.`)
      }
      lines.push(line)
    }
    return lines
  }
}

/** About what an answer takes in memory, with its forms. */
export function bytesOf({ resolution }: Answer): number {
  const instanceCount = resolution.kind === "missing" ? 0 : resolution.instances.length
  return 500 + 500 * instanceCount + 5 * contentsBytes(resolution)
}

function jsonOf(resolution: Resolution): unknown {
  const { path, index } = resolution
  if (resolution.kind === "missing") return { path, kind: "missing", index, instances: [] }
  return { path, kind: resolution.nodeKind, index, instances: resolution.instances.map(instanceAsJson) }
}

/** What is no text is told as bytes, in base64. */
function instanceAsJson({ name, contents, ephemeral }: NameInstance): unknown {
  const text = textOf(contents)
  return text === undefined
    ? { name, ephemeral, contents: Buffer.from(contents).toString("base64") }
    : { name, ephemeral, text }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Undefined: these bytes are no UTF-8. */
function textOf(contents: Uint8Array): string | undefined {
  try {
    return decoder.decode(contents)
  } catch {
    return undefined
  }
}
