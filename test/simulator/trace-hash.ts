/** A fingerprint of everything that happened, in order: two runs of one seed must have the same. */
export class TraceHash {
  #low = 0x811c9dc5 | 0
  #high = 0x01000193 | 0

  add(number: number): void {
    const whole = Math.floor(number / 0x1_0000_0000)
    this.#low = Math.imul(this.#low ^ number, 0x85ebca77)
    this.#high = Math.imul(this.#high ^ whole ^ (this.#low >>> 15), 0xc2b2ae3d)
    this.#low ^= this.#high >>> 13
  }

  addText(text: string): void {
    for (let at = 0; at < text.length; at += 1) this.add(text.charCodeAt(at))
  }

  toString(): string {
    return (this.#high >>> 0).toString(16).padStart(8, "0") + (this.#low >>> 0).toString(16).padStart(8, "0")
  }
}
