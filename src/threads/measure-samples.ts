/** What shards and the store measured, in the shape in which gateways hand on what they count, for one `/metrics`. */
import type { DeskMeasures } from '../desk/desk.js';
import type { MetricsSample } from '../gateway/gateway-metrics.js';
import type { ShardMeasures } from '../shard/shard.js';
import type { StoreMeasures } from './group-commit.js';
import type { ThreadMeasures } from './thread-messages.js';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** What the measured number is multiplied by. */
  readonly scale?: number;
}

const SHARD_METRICS: Readonly<Record<keyof ShardMeasures, Metric>> = {
  events: gauge('holdfast_shard_events', 'Events the shard knows.'),
  holds: gauge('holdfast_shard_holds', 'Running holds whose home is the shard.'),
  claims: gauge('holdfast_shard_claims', 'Claims granted to reservations over several shards.'),
  commandsHandled: counter('holdfast_shard_commands_total', 'Commands handled.'),
  commandsParked: gauge('holdfast_shard_commands_parked', 'Commands that wait to be decided.'),
  turnsInFlight: gauge('holdfast_shard_turns_in_flight', 'Turns staged and not yet on disk.'),
  seatActorsAwake: gauge('holdfast_shard_seat_actors', 'Seats that are awake as actors.'),
  holdsExpired: counter('holdfast_shard_holds_expired_total', 'Holds that came to their end.'),
};

const STORE_METRICS: Readonly<Record<keyof StoreMeasures, Metric>> = {
  commits: counter('holdfast_store_commits_total', 'Transactions.'),
  commitMs: {
    ...counter('holdfast_store_commit_seconds_total', 'Time spent in transactions.'),
    scale: 1 / 1000,
  },
  turns: counter('holdfast_store_turns_total', 'Turns of shards committed.'),
  facts: counter('holdfast_store_facts_total', 'Facts committed since the start.'),
  sequence: gauge('holdfast_sequence', 'The sequence of the last fact that the thread knows.'),
};

const DESK_METRICS: Readonly<Record<keyof DeskMeasures, Metric>> = {
  commandsInFlight: gauge('holdfast_desk_commands_in_flight', 'Commands sent and not answered.'),
  spreadReservations: gauge(
    'holdfast_desk_spread_reservations',
    'Reservations over several shards that are being made.',
  ),
  sequence: gauge('holdfast_sequence', 'The sequence of the last fact that the thread knows.'),
};

const METRICS: Readonly<Record<string, Metric>> = {
  ...SHARD_METRICS,
  ...STORE_METRICS,
  ...DESK_METRICS,
  shardRestarts: counter(
    'holdfast_shard_restarts_total',
    'Shards that died and were started again.',
  ),
};

/** One sample for each thread; a measure that has no metric is left out. */
export function measureSamples(threads: readonly ThreadMeasures[]): MetricsSample[] {
  return threads.map(sampleOf);
}

function sampleOf({ thread, measures }: ThreadMeasures): MetricsSample {
  const metrics = Object.entries(measures).flatMap(([measure, value]) => {
    const metric = METRICS[measure];
    if (metric === undefined) return [];
    const { name, help, type, scale = 1 } = metric;
    return [
      {
        name,
        help,
        type,
        aggregator: 'sum',
        values: [{ value: value * scale, labels: { thread } }],
      },
    ];
  });
  // The types of prom-client call the kind of a metric a number; what it writes and reads is the word.
  return metrics as unknown as MetricsSample;
}

function gauge(name: string, help: string): Metric {
  return { name, help, type: 'gauge' };
}

function counter(name: string, help: string): Metric {
  return { name, help, type: 'counter' };
}
