/**
 * The commands, as data: what each takes, and what its help says. Parsing, help and suggestions all read this table, so
 * an option that isn't here does not exist. It imports nothing, which keeps `claviger help` fast.
 */
export type CommandName =
  | "cell"
  | "replica"
  | "get"
  | "set"
  | "stat"
  | "ls"
  | "rm"
  | "mkdir"
  | "watch"
  | "lock"
  | "who"
  | "sessions"
  | "acl"
  | "may"
  | "keys"
  | "status"
  | "help"
  | "version"

export interface OptionSpec {
  readonly name: OptionName
  readonly short?: string
  /** How help calls the value; options without one are switches. */
  readonly value?: string
  readonly meaning: string
}

export type OptionName =
  | "cell"
  | "timeout"
  | "json"
  | "help"
  | "shared"
  | "try"
  | "wait"
  | "lock-delay"
  | "recursive"
  | "children"
  | "if-generation"
  | "read"
  | "write"
  | "change-acl"
  | "revoke"
  | "parents"
  | "replicas"
  | "data"
  | "port"
  | "empty"
  | "name"
  | "found"
  | "tls"
  | "administrators"
  | "tls-authority"
  | "tls-certificate"
  | "tls-key"

export interface CommandSpec {
  readonly name: CommandName
  readonly summary: string
  /** Names of the operands, for people; `[NAME]` may be left out. */
  readonly operands: readonly string[]
  readonly options: readonly OptionSpec[]
  /** Whether everything after `--` is a command to run. */
  readonly runs: boolean
  readonly text: string
  readonly examples: readonly string[]
}

/** Taken by every command. */
const everywhere: readonly OptionSpec[] = [
  { name: "json", meaning: "print JSON" },
  { name: "help", short: "h", meaning: "say what the command does" },
]

const reaching: readonly OptionSpec[] = [
  {
    name: "cell",
    value: "HOST:PORT,...",
    meaning: "gRPC addresses of replicas (else CLAVIGER_CELL, else what `claviger cell` uses)",
  },
  { name: "timeout", value: "SECONDS", meaning: "give up after so long (10)" },
  { name: "tls-authority", value: "FILE", meaning: "PEM: who may vouch for replicas (else CLAVIGER_TLS_AUTHORITY)" },
  { name: "tls-certificate", value: "FILE", meaning: "PEM: who you are (else CLAVIGER_TLS_CERTIFICATE)" },
  { name: "tls-key", value: "FILE", meaning: "PEM: the certificate's key (else CLAVIGER_TLS_KEY)" },
]

const ifGeneration: OptionSpec = {
  name: "if-generation",
  value: "N",
  meaning: "only if the file's content generation is N (see stat); 0: only if it does not exist",
}

const defaultData: OptionSpec = { name: "data", value: "DIR", meaning: "where the cell is kept (./claviger-data)" }

export const commands: readonly CommandSpec[] = [
  {
    name: "cell",
    summary: "start a cell of replicas on this machine",
    operands: [],
    options: [
      { name: "replicas", value: "3|5|7", meaning: "how many replicas a new cell gets (5)" },
      defaultData,
      { name: "port", value: "BASE", meaning: "gRPC at BASE+1.., HTTP at BASE+11.., peers at BASE+21.. (4300)" },
      { name: "name", value: "CELL", meaning: "the name of a new cell, as in /ls/CELL (dev)" },
      { name: "tls", value: "DIR", meaning: "certificates of a new cell, as deploy/tls makes them (none: plain text)" },
      { name: "administrators", value: "NAME,...", meaning: "with --tls: principals who may administer the new cell" },
      { name: "empty", meaning: "delete the cell that is kept there and begin a new one" },
      ...everywhere,
    ],
    runs: false,
    text: `Starts every replica as a process of its own and stays in the foreground; Ctrl-C stops them all. The first
start founds the cell, later ones find it as it was. A replica that dies is not started again by
itself: what to type is printed.`,
    examples: [
      "claviger cell",
      "claviger cell --replicas 3 --data /var/tmp/my-cell --port 7000",
      "claviger cell --empty",
    ],
  },
  {
    name: "replica",
    summary: "run one replica of a cell in the foreground",
    operands: ["N"],
    options: [
      defaultData,
      {
        name: "found",
        meaning: "at the very first start of a new cell: this replica never promised anything to anybody",
      },
      ...everywhere,
    ],
    runs: false,
    text: `Runs replica N of the cell that DIR/cell.json describes, with its records in DIR/replica-N, and writes one line of
JSON for every change of state. SIGTERM or Ctrl-C stops it cleanly: a master hands over first.`,
    examples: ["claviger replica 3", "claviger replica 3 --data /var/lib/claviger"],
  },
  {
    name: "get",
    summary: "print a file",
    operands: ["PATH"],
    options: [...reaching, ...everywhere],
    runs: false,
    text: "Writes the contents to standard output, byte for byte.",
    examples: ["claviger get /ls/local/hello"],
  },
  {
    name: "set",
    summary: "write a file",
    operands: ["PATH", "CONTENTS"],
    options: [ifGeneration, ...reaching, ...everywhere],
    runs: false,
    text: "Writes the whole file, which is made if it is missing. With - as CONTENTS they are read from standard input.",
    examples: [
      "claviger set /ls/local/hello world",
      "claviger set /ls/local/config - < config.json",
      "claviger set --if-generation 0 /ls/local/first 'I was here'",
    ],
  },
  {
    name: "stat",
    summary: "show the facts about a file or directory",
    operands: ["PATH"],
    options: [...reaching, ...everywhere],
    runs: false,
    text: "Shows its kind, instance number, generations, checksum and size.",
    examples: ["claviger stat /ls/local/hello", "claviger stat --json /ls/local/hello"],
  },
  {
    name: "ls",
    summary: "list a directory",
    operands: ["[PATH]"],
    options: [
      { name: "recursive", short: "r", meaning: "the whole subtree, each directory before what lies in it" },
      ...reaching,
      ...everywhere,
    ],
    runs: false,
    text: "Lists the children in order of name; directories end in a slash. Without PATH: /ls/local.",
    examples: ["claviger ls", "claviger ls --json /ls/local/services", "claviger ls -r"],
  },
  {
    name: "rm",
    summary: "delete a file or an empty directory",
    operands: ["PATH"],
    options: [
      { ...ifGeneration, meaning: "only if its content generation is N (see stat)" },
      ...reaching,
      ...everywhere,
    ],
    runs: false,
    text: "Deletes one file or empty directory. Refused while somebody else holds its lock.",
    examples: ["claviger rm /ls/local/hello"],
  },
  {
    name: "mkdir",
    summary: "make a directory",
    operands: ["PATH"],
    options: [
      { name: "parents", short: "p", meaning: "make the directories above as well; one that is there is fine" },
      ...reaching,
      ...everywhere,
    ],
    runs: false,
    text: "Makes one directory.",
    examples: ["claviger mkdir /ls/local/services", "claviger mkdir -p /ls/local/a/b/c"],
  },
  {
    name: "watch",
    summary: "print changes as they happen",
    operands: ["PATH"],
    options: [
      {
        name: "children",
        meaning: "changes of the nodes right below PATH (else of PATH itself, even before it exists)",
      },
      { name: "recursive", short: "r", meaning: "changes of PATH and of everything below it" },
      ...reaching,
      ...everywhere,
    ],
    runs: false,
    text: `Prints a line for each change, in order, until it is ended with Ctrl-C: the commit index, what happened, the path.
None is left out in silence: where the cell no longer knows what happened (after being out of reach for long), a
line says "resync", and what is watched has to be looked at again.`,
    examples: ["claviger watch /ls/local/config", "claviger watch --recursive --json /ls/local/services"],
  },
  {
    name: "lock",
    summary: "run a command while holding a lock",
    operands: ["PATH"],
    options: [
      { name: "shared", meaning: "together with other shared holders (else alone)" },
      { name: "try", meaning: "don't wait: end with code 75 if the lock is not free" },
      { name: "wait", value: "SECONDS", meaning: "wait so long for the lock (for ever), then end with code 75" },
      { name: "lock-delay", value: "SECONDS", meaning: "bar the lock for so long, at most 60, if it is lost (0)" },
      ...reaching,
      ...everywhere,
    ],
    runs: true,
    text: `Waits for the lock, and says whom for; runs COMMAND, and gives the lock back when COMMAND ends, whose exit code
becomes this one's.
COMMAND finds in its environment:

  CLAVIGER_SEQUENCER        to be shown to whatever the lock protects
  CLAVIGER_LOCK_PATH        the path of the lock
  CLAVIGER_LOCK_GENERATION  greater than that of every earlier holder of this file's lock

If the cell can't be reached for so long that the lock may be lost, COMMAND and its children are stopped (SIGTERM, then
SIGKILL) before anybody else can get the lock. That takes a \`claviger lock\` that runs: while it is frozen
itself (SIGSTOP, a suspended machine), it can't stop COMMAND in time, and somebody else may get the lock. Only showing
the sequencer to the resource protects then.`,
    examples: [
      "claviger lock /ls/local/job -- ./nightly-job.sh",
      "claviger lock --try /ls/local/job -- echo 'nobody else is at it'",
      "claviger lock --wait 60 --lock-delay 10 /ls/local/job -- ./nightly-job.sh",
    ],
  },
  {
    name: "who",
    summary: "show who holds a lock, who waits for it, and why it is not free",
    operands: ["PATH"],
    options: [...reaching, ...everywhere],
    runs: false,
    text: `Shows the holders and then the waiters in the order of service, each with its session, since when as a commit index,
and for how long as far as the master knows: at least so long. A lost holder may bar the lock for its lock-delay.`,
    examples: ["claviger who /ls/local/job", "claviger who --json /ls/local/job"],
  },
  {
    name: "sessions",
    summary: "show the sessions of the cell, and which ended of late",
    operands: [],
    options: [...reaching, ...everywhere],
    runs: false,
    text: `Shows who has a session, how long its lease still runs, and what it has: locks held or waited for and ephemeral files
("engaged"), cached files, watches. Where "delays writes" is not empty, a write waits for that session to
acknowledge that its cache is out of date.`,
    examples: ["claviger sessions", "claviger sessions --json"],
  },
  {
    name: "acl",
    summary: "show or change who may do what to a file or directory",
    operands: ["PATH"],
    options: [
      { name: "read", value: "NAME", meaning: "who is on this list may read" },
      { name: "write", value: "NAME", meaning: "who is on this list may write, and take the lock" },
      { name: "change-acl", value: "NAME", meaning: "who is on this list may change these names" },
      ...reaching,
      ...everywhere,
    ],
    runs: false,
    text: `Without names shows the present ones. A list is a file /ls/CELL/acl/NAME with one principal to a line, which has to be
there; everybody is on "anyone". New files and directories take the names of their directory.`,
    examples: ["claviger acl /ls/local/config", "claviger acl --write deployers /ls/local/config"],
  },
  {
    name: "may",
    summary: "say whether somebody would be allowed something, and why",
    operands: ["PRINCIPAL", "RIGHT", "PATH"],
    options: [...reaching, ...everywhere],
    runs: false,
    text: "RIGHT is read, write or change-acl. Changes nothing. Ends with code 0 if it is allowed and with 77 if it is not.",
    examples: ["claviger may alice write /ls/local/config"],
  },
  {
    name: "keys",
    summary: "show the keys that sign sequencers, or have them take turns",
    operands: ["[rotate]"],
    options: [
      { name: "revoke", meaning: "with rotate: give up all present keys, because somebody may know one" },
      ...reaching,
      ...everywhere,
    ],
    runs: false,
    text: `Without rotate: the public keys by which sequencers are verified, and since which commit index each is what it is.
Any replica answers, even without a master. HTTP has the same as a JWK set: /.well-known/jwks.json.

With rotate, which is for administrators, the next key signs from now on, and a fresh one is published as the next.
What was signed before stays valid while its lock is held. With --revoke it does not: holders have to ask for their
sequencers again, and whoever verifies with keys of its own has to fetch them again.`,
    examples: ["claviger keys", "claviger keys rotate", "claviger keys rotate --revoke"],
  },
  {
    name: "status",
    summary: "show the replicas, and what is wrong with the cell",
    operands: [],
    options: [...reaching, ...everywhere],
    runs: false,
    text: "Asks every replica by itself, so it works without a quorum too. Ends with code 69 if the cell does not serve.",
    examples: ["claviger status", "claviger status --json", "claviger status --cell 127.0.0.1:4301"],
  },
  {
    name: "help",
    summary: "say what a command does",
    operands: ["[COMMAND]"],
    options: everywhere,
    runs: false,
    text: "Says what a command does, what it takes and what its exit codes mean.",
    examples: ["claviger help lock"],
  },
  {
    name: "version",
    summary: "print the version",
    operands: [],
    options: everywhere,
    runs: false,
    text: "Prints the version of this program.",
    examples: ["claviger version"],
  },
]
