/** The certificates of a cell for tests: both authorities, its replicas and any number of clients. */
import type { ClientTls } from "../../src/client/tls.ts"
import { ReplicaTls } from "../../src/host/replica-tls.ts"
import { CertificateWorkshop, pem, type Issued, type TestAuthority } from "./certificates.ts"

export class CellCertificates implements Disposable {
  readonly workshop: CertificateWorkshop = new CertificateWorkshop()
  readonly peers: TestAuthority = this.workshop.authority("peers")
  readonly clients: TestAuthority = this.workshop.authority("clients")
  readonly #cellName: string

  constructor(cellName: string) {
    this.#cellName = cellName
  }

  replica(id: number, shown: Issued = this.peers.issueForReplica(id, this.#cellName)): ReplicaTls {
    return new ReplicaTls(
      {
        certificate: pem(shown.certificate),
        privateKey: pem(shown.privateKey),
        peerAuthority: pem(this.peers.certificate),
        clientAuthority: pem(this.clients.certificate),
      },
      this.#cellName,
    )
  }

  client(shown: Issued | string): ClientTls {
    const issued = typeof shown === "string" ? this.clients.issue({ commonName: shown }) : shown
    return {
      certificateAuthority: pem(this.peers.certificate),
      certificate: pem(issued.certificate),
      privateKey: pem(issued.privateKey),
    }
  }

  [Symbol.dispose](): void {
    this.workshop[Symbol.dispose]()
  }
}
