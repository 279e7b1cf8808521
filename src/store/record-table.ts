/**
 * A table of values of one type: rows, with the codec and the form of the payload between them and
 * the store.
 */
import { RecordCodec } from './record-codec.js';
import type { Row, RowKey, RowRange, Rows, RowTable } from './rows.js';

/**
 * How a table spells its values. What `parse` is given was printed by `print`: the checksum vouches
 * for it.
 */
export interface PayloadForm<Key extends RowKey, Value> {
  /** A text is written in UTF-8. */
  print(value: Value): string | Uint8Array;
  parse(payload: Buffer, key: Key): Value;
}

export interface TableRecord<Key extends RowKey, Value> {
  readonly key: Key;
  readonly value: Value;
}

/**
 * Writes only inside a transaction. Every read throws ServerFault `storage_corrupt` for a row that
 * is damaged.
 */
export class RecordTable<Key extends RowKey, Value> {
  readonly name: string;
  readonly #table: RowTable;
  readonly #codec: RecordCodec;
  readonly #form: PayloadForm<Key, Value>;

  constructor(rows: Rows, name: string, form: PayloadForm<Key, Value>) {
    this.name = name;
    this.#table = rows.table(name);
    this.#codec = new RecordCodec(name);
    this.#form = form;
  }

  get(key: Key): Value | undefined {
    const value = this.#table.get(key);
    return value === undefined ? undefined : this.#form.parse(this.#codec.decode(key, value), key);
  }

  *range(range: RowRange): Iterable<TableRecord<Key, Value>> {
    for (const row of this.#table.range(range)) yield this.read(row);
  }

  /**
   * The rows as they are, unread: for whoever wants to go on after a damaged one, or to look before
   * reading.
   */
  rows(range: RowRange): Iterable<Row> {
    return this.#table.range(range);
  }

  /** One row of `rows`. */
  read(row: Row): TableRecord<Key, Value> {
    const key = row.key as Key; // the only writer of the table's keys is this class
    return { key, value: this.#form.parse(this.#codec.decode(key, row.value), key) };
  }

  put(key: Key, value: Value): void {
    this.#table.put(key, this.#codec.encode(key, this.#form.print(value)));
  }

  /** Whether there was such a row. */
  remove(key: Key): boolean {
    return this.#table.remove(key);
  }
}

/** The value as JSON, as it is. */
export function jsonForm<Key extends RowKey, Value>(): PayloadForm<Key, Value> {
  return {
    print: (value) => JSON.stringify(value),
    parse: (payload) => JSON.parse(payload.toString()) as Value, // printed by the line above
  };
}
