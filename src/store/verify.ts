/**
 * Holds a store to every promise that is made about it, over all of its data. Reads only, from one
 * moment's snapshot, so that a server may run on it meanwhile; while it reads, that server cannot
 * reuse the pages it frees.
 *
 * In memory at once: a bit a fact, and what is live of one event.
 */
import type { EventId } from '../domain/ids.js';
import { hash32 } from '../lib/hash.js';
import { EventAudit } from './event-audit.js';
import { Findings, type VerifyReport } from './findings.js';
import { LateFacts } from './late-facts.js';
import { inspectDataFile } from './lmdb-file.js';
import { LmdbSnapshotRows } from './lmdb-snapshot-rows.js';
import { assertThere, unlessServed } from './open-store.js';
import { findBrokenPage } from './page-walk.js';
import { isLive } from './reservation-table.js';
import type { Rows } from './rows.js';
import { blockStart } from './seat-block.js';
import { nameOf } from './seat-holding.js';
import { SequenceSet } from './sequence-set.js';
import { stateHash } from './state-hash.js';
import {
  INDEXED_KEY,
  openTables,
  SEQUENCE_KEY,
  type StoreTables,
  unreadableRows,
} from './tables.js';
import { userRowKey } from './user-rows.js';

/** @throws ServerFault where it cannot even be opened */
export async function verify(dataDir: string): Promise<VerifyReport> {
  assertThere(dataDir);
  const broken = await unlessServed(dataDir, () => brokenPage(dataDir));
  if (broken !== undefined) return { breaches: [broken], breachCount: 1, counts: {} };
  const rows = new LmdbSnapshotRows(dataDir);
  try {
    return verifyRows(rows);
  } finally {
    await rows.close();
  }
}

/** Of a page that is not what it should be, LMDB would make a dead process. */
function brokenPage(dataDir: string): string | undefined {
  const file = inspectDataFile(dataDir);
  return file === undefined ? undefined : findBrokenPage(file);
}

export function verifyRows(rows: Rows): VerifyReport {
  const tables = openTables(rows);
  const findings = new Findings();
  for (const fault of unreadableRows(tables, (table) => findings.count(table))) {
    findings.breach(fault.message);
  }
  if (findings.isSound) checkAll(tables, findings);
  else findings.breach('the other promises were not checked: they need every row');
  const report = findings.report();
  return findings.isSound ? { ...report, stateHash: stateHash(tables) } : report;
}

function checkAll(tables: StoreTables, findings: Findings): void {
  const sequences = new SequenceSet(tables.meta.get(SEQUENCE_KEY) ?? 0);
  const late = new LateFacts(tables.meta.get(INDEXED_KEY) ?? 0);
  const made = new Map<EventId, number>();
  for (const { value: event } of tables.events.range({})) {
    made.set(event.id, new EventAudit(tables, event, { findings, sequences, late }).run());
  }
  for (const missing of sequences.missing()) findings.breach(`no fact has the sequence ${missing}`);
  checkEventsKnown(tables, new Set(made.keys()), findings);
  checkReservations(tables, made, late, findings);
  checkUsers(tables, findings);
  checkIdempotency(tables, findings);
}

/** No row speaks of an event that is not there. */
function checkEventsKnown(
  tables: StoreTables,
  events: ReadonlySet<EventId>,
  findings: Findings,
): void {
  for (const table of [tables.facts, tables.seats, tables.totals, tables.minutes]) {
    for (const { key } of table.rows({})) {
      if (events.has(key[0] as EventId)) continue; // the first part of all four tables' keys
      findings.breach(
        `${table.name} has a row ${JSON.stringify(key)} of an event that is not there`,
      );
    }
  }
}

/** Records and seats agree, seen from the records (I2, I4); and there is none that no fact made. */
function checkReservations(
  tables: StoreTables,
  made: ReadonlyMap<EventId, number>,
  late: LateFacts,
  findings: Findings,
): void {
  const found = new Map<EventId, number>();
  for (const { value: record } of tables.reservations.range({})) {
    const { id, eventId, userId, status } = record;
    found.set(eventId, (found.get(eventId) ?? 0) + 1);
    if (!late.hasReservation(id) && tables.byUser.get(userRowKey(userId, id)) !== eventId) {
      findings.breach(`the reservations of user ${userId} lack ${id}`);
    }
    if (!isLive(record)) continue;
    if (record.seats.length === 0) findings.breach(`${id} is ${status} and has no seat`);
    const state = status === 'reserved' ? 'reserved' : 'booked';
    for (const seat of record.seats) {
      const row = tables.seats.get([eventId, blockStart(seat)])?.get(seat);
      if (late.hasSeat(eventId, seat) || (row?.state === state && row.holder === id)) continue;
      const what = `its seat ${seat} of ${eventId} is ${nameOf(row)} by its row`;
      findings.breach(`${id} is ${status}; ${what} (I4)`);
    }
  }
  for (const eventId of new Set([...made.keys(), ...found.keys()])) {
    const [byFacts, byRecords] = [made.get(eventId) ?? 0, found.get(eventId) ?? 0];
    if (byFacts === byRecords) continue;
    findings.breach(
      `the facts of ${eventId} made ${byFacts} reservations; ${byRecords} are kept (I6)`,
    );
  }
}

/** That every reservation is listed was seen from the records; here that nothing else is. */
function checkUsers(tables: StoreTables, findings: Findings): void {
  for (const { key } of tables.byUser.range({})) {
    const [hash, userId, id] = key;
    const record = tables.reservations.get([id]);
    if (record?.userId === userId && hash === hash32(userId)) continue;
    findings.breach(`the reservations of user ${userId} list ${id}, which is not theirs`);
  }
}

/** What is kept is known by its age too, or it would be kept for ever. */
function checkIdempotency(tables: StoreTables, findings: Findings): void {
  for (const { key, value } of tables.idempotency.range({})) {
    if (tables.idempotencyAges.get([value.at, key[0]]) === null) continue;
    findings.breach(`the idempotency key ${JSON.stringify(key[0])} is not listed by its age`);
  }
}
