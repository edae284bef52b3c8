/**
 * Numbers with a name. A `Slot` is a plain integer at run time, but the compiler refuses to pass it where a
 * `ReplicaId` is wanted. Plain literals are accepted, so arithmetic and tests stay readable.
 */
declare const brandName: unique symbol

export type Named<Base, Name extends string> = Base & { readonly [brandName]?: Name }

/** A member of the cell: a small integer for life, never an address. */
export type ReplicaId = Named<number, "ReplicaId">
/** A position in the replicated log, counted from 1. */
export type Slot = Named<number, "Slot">
/** The number of a mastership. Grows by one with every reign; zero before the first. */
export type Epoch = Named<number, "Epoch">
/** A client's standing with the cell. Counted from 1; zero means "no session". */
export type SessionId = Named<number, "SessionId">
/** The instance number of a node: unique in the cell, larger for whatever was created later. */
export type Instance = Named<number, "Instance">
/** A counter of a node (contents, lock or ACL) that only ever grows. */
export type Generation = Named<number, "Generation">
