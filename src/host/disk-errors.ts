/** The two ways in which a disk lets a replica down. */

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
