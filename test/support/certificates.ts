/**
 * Certificates for tests, made in the process and kept in a temporary directory, as the files that a configuration
 * names. No other program is needed, so what is claimed of TLS is tried wherever Node runs. Keys and serial numbers are
 * new each time; all else follows from what is asked for, and when. Their form is that of RFC 5280.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AsnConvert, OctetString } from "@peculiar/asn1-schema"
import * as x509 from "@peculiar/asn1-x509"

export interface Issued {
  /** Paths of PEM files. */
  readonly certificate: string
  readonly privateKey: string
}

export interface Wanted {
  /** Several, if the certificate is to hold several. */
  readonly commonName?: string | readonly string[] | undefined
  /** Each with its kind: `DNS:a,URI:b,IP:127.0.0.1`. */
  readonly alternativeNames?: string | undefined
  /** Below zero: expired when it was made. */
  readonly days?: number | undefined
}

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** Whoever signs. */
interface Issuer {
  readonly name: x509.Name
  readonly keys: KeyPair
}

interface Contents {
  readonly subject: x509.Name
  readonly publicKey: KeyObject
  readonly extensions: readonly x509.Extension[]
  readonly days?: number
}

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
const daysByDefault = 10

export class CertificateWorkshop implements Disposable {
  readonly directory: string = mkdtempSync(join(tmpdir(), "claviger-tls-"))
  #count = 0

  authority(name: string): TestAuthority {
    return new TestAuthority(this, name)
  }

  /** Files with these contents, as PEM. */
  write(certificate: string, privateKey: string): Issued {
    this.#count += 1
    const stem = join(this.directory, String(this.#count))
    const issued = { certificate: `${stem}.pem`, privateKey: `${stem}.key` }
    writeFileSync(issued.certificate, certificate)
    writeFileSync(issued.privateKey, privateKey)
    return issued
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export class TestAuthority {
  readonly own: Issued
  readonly #workshop: CertificateWorkshop
  readonly #issuer: Issuer

  /** One that nobody is above vouches for itself. */
  constructor(workshop: CertificateWorkshop, name: string, above?: Issuer) {
    this.#workshop = workshop
    this.#issuer = { name: nameOf([name]), keys: newKeys() }
    const { name: subject, keys } = this.#issuer
    const extensions = [
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: true }), "critical"),
      extension(
        x509.id_ce_keyUsage,
        new x509.KeyUsage(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign),
        "critical",
      ),
    ]
    this.own = this.#keep({ subject, publicKey: keys.publicKey, extensions }, keys, above ?? this.#issuer)
  }

  /** The path of its certificate. */
  get certificate(): string {
    return this.own.certificate
  }

  issue({ commonName = [], alternativeNames, days = daysByDefault }: Wanted): Issued {
    const keys = newKeys()
    const subject = nameOf(typeof commonName === "string" ? [commonName] : commonName)
    const uses = new x509.ExtendedKeyUsage([x509.id_kp_clientAuth, x509.id_kp_serverAuth])
    const extensions = [
      extension(x509.id_ce_basicConstraints, new x509.BasicConstraints({ cA: false }), "critical"),
      extension(x509.id_ce_extKeyUsage, uses),
    ]
    if (alternativeNames !== undefined) {
      const names = new x509.SubjectAlternativeName(alternativeNames.split(",").map(generalName))
      extensions.push(extension(x509.id_ce_subjectAltName, names))
    }
    return this.#keep({ subject, publicKey: keys.publicKey, extensions, days }, keys, this.#issuer)
  }

  /** What the certificate of a replica on this machine holds. */
  issueForReplica(id: number, cellName: string, changes: Wanted = {}): Issued {
    const alternativeNames = `DNS:replica-${id}.${cellName},DNS:localhost,IP:127.0.0.1`
    return this.issue({ commonName: `replica ${id}`, alternativeNames, ...changes })
  }

  /** An authority below this one. */
  below(name: string): TestAuthority {
    return new TestAuthority(this.#workshop, name, this.#issuer)
  }

  #keep(contents: Contents, { privateKey }: KeyPair, issuer: Issuer): Issued {
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
    return this.#workshop.write(certificateFrom(issuer, contents), key)
  }
}

export function pem(path: string): string {
  return readFileSync(path, "utf8")
}

/** Elliptic curves, because a test makes dozens. */
function newKeys(): KeyPair {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
}

function certificateFrom(issuer: Issuer, { subject, publicKey, extensions, days }: Contents): string {
  const ecdsaWithSha256 = new x509.AlgorithmIdentifier({ algorithm: "1.2.840.10045.4.3.2" })
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    // Positive and in its shortest form, as its first byte is neither 0 nor above 127.
    serialNumber: Uint8Array.of(1, ...randomBytes(15)).buffer,
    signature: ecdsaWithSha256,
    issuer: issuer.name,
    validity: validityOf(days ?? daysByDefault),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(publicKey), x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      ...extensions,
      extension(x509.id_ce_subjectKeyIdentifier, new x509.SubjectKeyIdentifier(digestOf(publicKey))),
      extension(
        x509.id_ce_authorityKeyIdentifier,
        new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(digestOf(issuer.keys.publicKey)) }),
      ),
    ]),
  })
  const signature = sign("sha256", new Uint8Array(AsnConvert.serialize(tbsCertificate)), issuer.keys.privateKey)
  const signatureValue = new Uint8Array(signature).buffer
  const certificate = new x509.Certificate({ tbsCertificate, signatureAlgorithm: ecdsaWithSha256, signatureValue })
  const lines =
    Buffer.from(AsnConvert.serialize(certificate))
      .toString("base64")
      .match(/.{1,64}/g) ?? []
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n")
}

/** As if made an hour ago, so that no test hangs on the second; one that has expired was once valid for a day. */
function validityOf(days: number): x509.Validity {
  const madeAt = Date.now() - hourMs
  const endsAt = madeAt + days * dayMs
  return new x509.Validity({ notBefore: new Date(Math.min(madeAt, endsAt - dayMs)), notAfter: new Date(endsAt) })
}

function nameOf(commonNames: readonly string[]): x509.Name {
  const commonNameType = "2.5.4.3"
  return new x509.Name(
    commonNames.map((utf8String) => {
      const value = new x509.AttributeValue({ utf8String })
      return new x509.RelativeDistinguishedName([new x509.AttributeTypeAndValue({ type: commonNameType, value })])
    }),
  )
}

function generalName(text: string): x509.GeneralName {
  const colon = text.indexOf(":")
  const value = text.slice(colon + 1)
  switch (text.slice(0, colon)) {
    case "DNS":
      return new x509.GeneralName({ dNSName: value })
    case "URI":
      return new x509.GeneralName({ uniformResourceIdentifier: value })
    case "IP":
      return new x509.GeneralName({ iPAddress: value })
    default:
      throw new Error(`an alternative name is DNS:, URI: or IP:, not ${text}`)
  }
}

function extension(extnID: string, value: object, weight?: "critical"): x509.Extension {
  const extnValue = new OctetString(AsnConvert.serialize(value))
  return new x509.Extension({ extnID, critical: weight === "critical", extnValue })
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" })
}

function digestOf(key: KeyObject): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(spkiOf(key)).digest().subarray(0, 20))
}
