/**
 * A fenced table in PostgreSQL: the marks stand beside what they guard, and are compared in the transaction that writes.
 * This is the strongest fence there is. A transaction that was admitted holds the mark's row until it ends, so the next
 * holder's first write waits for it, and nothing of a former holder's can land after that.
 *
 * ```sql
 * BEGIN;
 * SELECT claviger_admit($lock, $instance, $generation, $holder, $epoch);  -- raises SQLSTATE SF409
 * UPDATE counters SET value = value + 1 WHERE name = 'orders';
 * COMMIT;
 * ```
 *
 * No driver is loaded: give it a function that asks yours. The signature is for a `Fence` to verify, before.
 */
import type { SequencerStatement } from "../contract/sequencer.ts"
import { type HighWaterMarks, lockNameOf, type Mark, type Raising } from "./marks.ts"

/**
 * Run once, as whoever owns the schema; to run it again changes nothing. Whoever writes needs EXECUTE on the functions
 * and SELECT, INSERT and UPDATE on the table.
 */
export const fenceSchema = `
CREATE TABLE IF NOT EXISTS claviger_fence (
  lock       text   PRIMARY KEY,
  instance   bigint NOT NULL,
  generation bigint NOT NULL,
  epoch      bigint NOT NULL,
  holder     text   NOT NULL
);

-- Raises the mark of the lock if it is lower, and returns the one that stands. It can't be raised further before the
-- transaction ends: many transactions of one holder may have it so at a time. The lock for sharing comes last and is
-- never upgraded, or two of them would wait for one another.
CREATE OR REPLACE FUNCTION claviger_raise(
  lock text, instance bigint, generation bigint, holder text, epoch bigint
) RETURNS claviger_fence LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  standing claviger_fence;
BEGIN
  SELECT * INTO standing FROM claviger_fence AS mark WHERE mark.lock = claviger_raise.lock;
  IF NOT FOUND OR (standing.instance, standing.generation)
                < (claviger_raise.instance, claviger_raise.generation) THEN
    INSERT INTO claviger_fence AS mark (lock, instance, generation, epoch, holder)
    VALUES (claviger_raise.lock, claviger_raise.instance, claviger_raise.generation,
            claviger_raise.epoch, claviger_raise.holder)
    ON CONFLICT (lock) DO UPDATE
      SET instance = excluded.instance, generation = excluded.generation,
          epoch = excluded.epoch, holder = excluded.holder
      WHERE (mark.instance, mark.generation) < (excluded.instance, excluded.generation);
  END IF;
  SELECT * INTO STRICT standing FROM claviger_fence AS mark WHERE mark.lock = claviger_raise.lock FOR SHARE;
  RETURN standing;
END
$$;

-- To be called in the transaction that writes, before it writes.
CREATE OR REPLACE FUNCTION claviger_admit(
  lock text, instance bigint, generation bigint, holder text, epoch bigint DEFAULT 0
) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  standing claviger_fence;
BEGIN
  -- A path alone would be another lock's mark than the one that every other writer compares with.
  IF lock IS NULL OR lock !~ '^[^/]+/ls/[^/]+' THEN
    RAISE EXCEPTION USING
      ERRCODE = 'SF400',
      MESSAGE = format('%L names no lock', lock),
      HINT = 'Put the cell id of the sequencer in front of its path, as in 3f1c9c52/ls/dev/orders.';
  END IF;
  standing := claviger_raise(lock, instance, generation, holder, epoch);
  IF (standing.instance, standing.generation) > (instance, generation) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'SF409',
      MESSAGE = format('stale sequencer of %s: %s has held the lock since', lock, standing.holder),
      DETAIL = json_build_object('instance', standing.instance, 'lockGeneration', standing.generation,
                                 'epoch', standing.epoch, 'principal', standing.holder)::text,
      HINT = 'Stop: someone else holds the lock.';
  END IF;
END
$$;
`

/** The SQLSTATE that `claviger_admit` raises; it is in a class of its own. */
export const staleSqlState = "SF409"

/** `pool.query` and `client.query` of the package `pg` fit, and so does whatever answers with rows by column name. */
export type PostgresQuery = (
  text: string,
  values: unknown[],
) => Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>

/** What to run at the beginning of the transaction that writes. */
export function admitQuery(statement: SequencerStatement): { readonly text: string; readonly values: unknown[] } {
  return { text: "SELECT claviger_admit($1, $2, $3, $4, $5)", values: valuesOf(lockNameOf(statement), statement) }
}

/** The mark that stands higher, if this is what a driver throws when `claviger_admit` refuses; else undefined. */
export function supersededBy(error: unknown): Mark | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== staleSqlState) return undefined
  if (!("detail" in error) || typeof error.detail !== "string") return undefined
  try {
    const detail = JSON.parse(error.detail) as Readonly<Record<string, unknown>>
    return markFrom({ ...detail, generation: detail["lockGeneration"], holder: detail["principal"] })
  } catch {
    // Somebody else's error under the same code.
    return undefined
  }
}

/** For a `Fence` whose resource is something else than this database. Every admission takes one query. */
export function postgresMarks(query: PostgresQuery): HighWaterMarks {
  return {
    async raise(lock: string, mark: Mark): Promise<Raising> {
      const text = "SELECT instance, generation, epoch, holder FROM claviger_raise($1, $2, $3, $4, $5)"
      const { rows } = await query(text, valuesOf(lock, mark))
      return { kind: "stands", mark: markFrom(rows[0] ?? {}) }
    },
  }
}

function valuesOf(lock: string, { instance, lockGeneration, principal, epoch }: Mark): unknown[] {
  return [lock, instance, lockGeneration, principal, epoch]
}

/** Drivers hand out bigints as text, numbers or BigInts. */
function markFrom({ instance, generation, epoch, holder }: Readonly<Record<string, unknown>>): Mark {
  if (typeof holder !== "string") throw new TypeError("The database answers with something else than a mark.")
  return { instance: whole(instance), lockGeneration: whole(generation), epoch: whole(epoch), principal: holder }
}

function whole(value: unknown): number {
  const number = typeof value === "string" || typeof value === "bigint" ? Number(value) : value
  if (typeof number === "number" && Number.isSafeInteger(number)) return number
  throw new TypeError("The database answers with something else than a mark.")
}
