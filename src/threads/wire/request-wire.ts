import type {
  Cancel,
  Command,
  Confirm,
  Extend,
  IdempotencyMark,
  Reserve,
} from '../../domain/commands.js';
import type { EventId, ReservationId, UserId } from '../../domain/ids.js';
import { present } from '../../lib/assert.js';
import type { ShardRequest } from '../../shard/ports.js';
import type { WireForm, WireReader, WireWriter } from './wire.js';

/** By code; commands of other types are put as they are. */
const MOVES = ['reservation.confirm', 'reservation.cancel', 'reservation.extend'] as const;
const RESERVE = -1;
const AS_IT_IS = -2;

type Move = Confirm | Cancel | Extend;

export const requestForm: WireForm<ShardRequest> = {
  put(writer, { id, command }) {
    writer.put(id);
    switch (command.type) {
      case 'reservation.reserve':
        return putReserve(writer, command);
      case 'reservation.confirm':
      case 'reservation.cancel':
      case 'reservation.extend':
        return putMove(writer, command);
      default:
        writer.put(AS_IT_IS);
        writer.put(command);
    }
  },

  take(reader) {
    const id = reader.take<number>();
    const code = reader.take<number>();
    if (code === RESERVE) return { id, command: takeReserve(reader) };
    if (code === AS_IT_IS) return { id, command: reader.take<Command>() };
    return { id, command: takeMove(reader, code) };
  },
};

function putReserve(writer: WireWriter, command: Reserve): void {
  writer.put(RESERVE);
  writer.put(command.reservationId);
  writer.putRepeated(command.eventId);
  writer.put(command.userId);
  writer.putNumbers(command.seats);
  writer.put(command.purpose === 'book');
  writer.put(command.limited);
  writer.put(command.holdMs);
  writer.put(command.idempotency);
}

function takeReserve(reader: WireReader): Reserve {
  const reservationId = reader.take<ReservationId>();
  const eventId = reader.takeRepeated<EventId>();
  const userId = reader.take<UserId>();
  const seats = reader.takeNumbers();
  const purpose = reader.take<boolean>() ? 'book' : 'hold';
  const limited = reader.take<boolean>();
  const holdMs = reader.take<number | undefined>();
  const mark = takeMark(reader);
  const type = 'reservation.reserve';
  const plain: Reserve = { type, reservationId, eventId, userId, seats, purpose, limited, ...mark };
  return holdMs === undefined ? plain : { ...plain, holdMs };
}

function putMove(writer: WireWriter, command: Move): void {
  writer.put(MOVES.indexOf(command.type));
  writer.put(command.reservationId);
  writer.put(command.userId);
  writer.put(command.idempotency);
}

function takeMove(reader: WireReader, code: number): Move {
  const type = present(MOVES[code], 'a type of command');
  const reservationId = reader.take<ReservationId>();
  const userId = reader.take<UserId>();
  return { type, reservationId, userId, ...takeMark(reader) };
}

function takeMark(reader: WireReader): { readonly idempotency?: IdempotencyMark } {
  const idempotency = reader.take<IdempotencyMark | undefined>();
  return idempotency === undefined ? NO_MARK : { idempotency };
}

const NO_MARK = {};
