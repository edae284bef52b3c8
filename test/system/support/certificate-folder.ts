/** The certificates of a cell in one directory, under the names that deploy/tls/make-certificates.sh gives them. */
import { copyFileSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import type { Issued } from "../../support/certificates.ts"
import { CellCertificates } from "../../support/tls-cell.ts"

export function fillCertificateFolder(
  directory: string,
  replicaIds: readonly number[],
  clients: readonly string[],
): void {
  const certificates = new CellCertificates("dev")
  const { peers, clients: authority } = certificates
  const keep = (name: string, { certificate, privateKey }: Issued): void => {
    copyFileSync(certificate, join(directory, `${name}.pem`))
    copyFileSync(privateKey, join(directory, `${name}.key`))
  }
  try {
    mkdirSync(directory)
    keep("peer-authority", peers.own)
    keep("client-authority", authority.own)
    for (const id of replicaIds) keep(`replica-${id}`, peers.issueForReplica(id, "dev"))
    for (const client of clients) keep(`client-${client}`, authority.issue({ commonName: client }))
  } finally {
    certificates[Symbol.dispose]()
  }
}
