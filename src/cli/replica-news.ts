/** What a replica's process tells the `claviger cell` that has started it, once. */
export type ReplicaNews =
  /** Both doors are open. */
  | { readonly kind: "started" }
  /** It can't start; the message is for the user. */
  | { readonly kind: "failed"; readonly message: string; readonly exitCode: number }

export function isReplicaNews(message: unknown): message is ReplicaNews {
  if (typeof message !== "object" || message === null || !("kind" in message)) return false
  return message.kind === "started" || message.kind === "failed"
}
