/** The ways in which a disk lets a replica down. */

/** What is stored can't be read as what it should be. `path` is what to set aside. */
export class DiskDamagedError extends Error {
  override readonly name = "DiskDamagedError"
  readonly path: string

  constructor(path: string, reason: string) {
    super(`${path} is damaged: ${reason}`)
    this.path = path
  }
}

/** A write or sync went wrong. What the disk holds now is unknown until it is read anew. */
export class DiskFailedError extends Error {
  override readonly name = "DiskFailedError"
}

/** What is stored is sound, as far as one can tell, but not of a kind that this program can read. Not to be set aside. */
export class UnknownFormatError extends Error {
  override readonly name = "UnknownFormatError"
}
