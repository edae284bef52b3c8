/** Reads what Prometheus reads, and is as strict about it: throws at whatever is not in its text format. */
interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly type: string
  readonly help: string
  readonly samples: readonly Sample[]
}

export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end")
  const families = new Map<string, Family & { readonly samples: Sample[] }>()
  for (const block of text.split(/^(?=# HELP )/m)) {
    const [helpLine = "", typeLine = "", ...rest] = block.split("\n").filter((line) => line !== "")
    const [, name = "", help = ""] = matched(/^# HELP ([a-z_:][a-z0-9_:]*) (.+)$/, helpLine)
    const [, typedName, type = ""] = matched(/^# TYPE (\S+) (counter|gauge|histogram|summary)$/, typeLine)
    if (typedName !== name || families.has(name)) throw new Error(`${name} is declared twice, or not as one thing`)
    families.set(name, { type, help, samples: rest.map((line) => sampleOf(line, name, type)) })
  }
  return families
}

/** The one sample with these labels, whatever others it has. */
export function valueOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const family = families.get(name.replace(/_(bucket|sum|count)$/, "")) ?? families.get(name)
  const found = family?.samples.filter((sample) => {
    return sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  })
  if (found !== undefined && found.length > 1) throw new Error(`${name} is not one sample but ${found.length}`)
  return found?.[0]?.value
}

function sampleOf(line: string, family: string, type: string): Sample {
  const [, name = "", written = "", value = ""] = matched(/^([a-z0-9_:]+)(?:\{(.*)\})? (\S+)$/, line)
  const suffixes = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]
  if (!suffixes.some((suffix) => name === family + suffix)) throw new Error(`${name} is no sample of ${family}`)
  const labels: Record<string, string> = {}
  for (const pair of written === "" ? [] : written.split(/,(?=[a-z_]+=")/)) {
    const [, label = "", text = ""] = matched(/^([a-z_]+)="((?:[^"\\]|\\.)*)"$/, pair)
    labels[label] = text
  }
  const number = value === "+Inf" ? Infinity : Number(value)
  if (Number.isNaN(number)) throw new Error(`${value} is no number: ${line}`)
  return { name, labels, value: number }
}

function matched(pattern: RegExp, line: string): RegExpExecArray {
  const match = pattern.exec(line)
  if (match === null) throw new Error(`not in the format of Prometheus: ${line}`)
  return match
}
