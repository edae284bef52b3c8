/** Everything that `cell` says: the table and what to try at the start, then one line for every change. */
import { isLoopback, splitAddress } from "../base/address.ts"
import type { CellFile } from "./cell-directory.ts"
import type { CellStatus } from "../contract/cell-status.ts"
import { headline, tableOf } from "./cell-picture.ts"
import { changesBetween } from "./cell-watch.ts"
import { asJson } from "./json.ts"
import { defaultAddresses } from "./reach.ts"
import type { Terminal } from "./terminal.ts"

export interface CellToldOptions {
  readonly file: CellFile
  /** The directory as the user calls it. */
  readonly named: string
  readonly isJson: boolean
}

export class CellTold {
  readonly #terminal: Terminal
  readonly #options: CellToldOptions
  #isStopping = false

  constructor(terminal: Terminal, options: CellToldOptions) {
    this.#terminal = terminal
    this.#options = options
  }

  running(picture: CellStatus): void {
    const { file, named, isJson } = this.#options
    if (isJson) {
      this.#terminal.print(asJson(picture))
      return
    }
    const lines = [
      `cell ${file.cell} in ${named}, epoch ${picture.epoch}`,
      "",
      tableOf(picture),
      "",
      headline(picture),
      ...this.#warning(),
      "",
      ...this.#invitation(),
      "",
      "Ctrl-C stops the cell.",
    ]
    this.#terminal.print(`${lines.join("\n")}\n`)
  }

  /** There is no master yet. */
  waiting(why: string): void {
    this.#say(`waiting for a master: ${why}; logs: ${this.#options.named}/replica-*/replica.log`)
  }

  changed(before: CellStatus, after: CellStatus): void {
    for (const sentence of changesBetween(before, after)) this.#say(sentence)
  }

  replicaEnded(id: number, how: string): void {
    const again = `npx claviger replica ${id} --data ${this.#options.named}`
    this.#say(`replica ${id} has ended (${how}); start it again with: ${again}`)
  }

  /** From now on replicas end because they are told to. */
  stopping(): void {
    this.#isStopping = true
  }

  stopped(): void {
    const { named, isJson } = this.#options
    const sentence = `the cell has stopped; its files are in ${named}`
    this.#terminal.print(isJson ? asJson({ change: sentence }) : `${sentence}\n`)
  }

  #say(sentence: string): void {
    if (this.#isStopping) return
    this.#terminal.print(this.#options.isJson ? asJson({ change: sentence }) : `${sentence}\n`)
  }

  #warning(): readonly string[] {
    const { replicas, tls } = this.#options.file
    const addresses = replicas.flatMap(({ grpc, http, peer }) => [grpc, http, peer])
    const exposed = addresses.filter((address) => !isLoopback(splitAddress(address)?.host ?? ""))
    if (tls !== undefined || exposed.length === 0) return []
    return ["", "WARNING: NO TLS. Whoever can reach this machine can do everything here. See docs/OPERATIONS.md"]
  }

  #invitation(): readonly string[] {
    const { tls } = this.#options.file
    const addresses = this.#options.file.replicas.map(({ grpc }) => grpc)
    const isDefault = addresses.every((address) => defaultAddresses.includes(address))
    return [
      "Try, in another terminal:",
      ...(isDefault ? [] : [`  export CLAVIGER_CELL=${addresses.join(",")}`]),
      ...(tls === undefined ? [] : certificatesFor(tls.peerAuthority)),
      "  npx claviger set /ls/local/hello world",
      "  npx claviger get /ls/local/hello",
      "  npx claviger lock /ls/local/job -- sleep 60",
    ]
  }
}

/** Which certificate is the reader's, and where it lies, only the reader knows. */
function certificatesFor(peerAuthority: string): readonly string[] {
  return [
    `  export CLAVIGER_TLS_AUTHORITY=${peerAuthority}`,
    "  export CLAVIGER_TLS_CERTIFICATE=your.pem CLAVIGER_TLS_KEY=your.key",
  ]
}
