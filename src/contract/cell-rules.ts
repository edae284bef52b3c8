/** What a cell may be, whoever founds it: the command, a configuration, or a test. */

/** Odd numbers: an even one takes a larger quorum than the odd one below it, and can lose no more. */
export const cellSizes: readonly number[] = [3, 5, 7]

export const cellSizesInWords = "3, 5 or 7"

/** The `<cell>` of `/ls/<cell>/...`; `local` is what every cell is called from inside. */
export const cellNamePattern: RegExp = /^(?!local$)[a-z0-9][a-z0-9.-]{0,62}$/

export const cellNameInWords = 'lower-case letters, digits, dots and hyphens (63 at most; not "local")'

/** What tells a cell from another one of the same name, founded later or somewhere else. */
export const cellIdPattern: RegExp = /^[A-Za-z0-9-]{8,64}$/
