/**
 * A machine flattened to a table at boot, by asking XState itself for every state and event: a transition in the table is
 * one that XState's interpreter makes. Looking a transition up costs nanoseconds; XState's pure `transition` costs 18-50 µs.
 *
 * Sound only for machines whose transitions depend on state and event alone, which is asserted: no guards.
 */
import { type AnyStateMachine, getNextSnapshot, initialTransition } from 'xstate';
import { assert } from '../lib/assert.js';

export class MachineTable<State extends string, EventType extends string> {
  readonly states: readonly State[];
  readonly #next = new Map<State, Map<EventType, State>>();

  /**
   * @param machine a machine of at most two levels, without guards
   * @param eventTypes every event it is to be asked about, delayed ones included
   */
  constructor(machine: AnyStateMachine, eventTypes: readonly EventType[]) {
    assertGuardless(machine);
    const [initial] = initialTransition(machine, undefined);
    this.#explore(machine, initial, eventTypes);
    this.states = [...this.#next.keys()];
  }

  /** The state after `event` in `state`, or undefined where the machine knows no such transition. */
  next(state: State, event: EventType): State | undefined {
    return this.#next.get(state)?.get(event);
  }

  /** Every reachable state is found by walking; each snapshot is XState's own. */
  #explore(machine: AnyStateMachine, first: Snapshot, eventTypes: readonly EventType[]): void {
    const pending: Snapshot[] = [first];
    for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
      const name = stateName(from.value) as State; // the caller names the machine's states in the type
      if (this.#next.has(name)) continue;
      const row = new Map<EventType, State>();
      this.#next.set(name, row);
      for (const type of eventTypes) {
        if (!from.can({ type })) continue;
        const to: Snapshot = getNextSnapshot(machine, from, { type });
        row.set(type, stateName(to.value) as State);
        pending.push(to);
      }
    }
  }
}

type Snapshot = ReturnType<typeof initialTransition<AnyStateMachine>>[0];

/** `reserved.own` for `{reserved: 'own'}`. */
export function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  assert(typeof value === 'object' && value !== null, 'a state value is a name or nested names');
  const [[outer, inner] = ['', '']] = Object.entries(value);
  return `${outer}.${stateName(inner)}`;
}

function assertGuardless(machine: AnyStateMachine): void {
  for (const node of machine.root ? [machine.root, ...descendants(machine.root)] : []) {
    for (const transitions of node.transitions.values()) {
      assert(
        transitions.every((transition) => transition.guard === undefined),
        `${machine.id}: a guarded transition cannot be flattened`,
      );
    }
  }
}

function descendants(node: AnyStateMachine['root']): AnyStateMachine['root'][] {
  return Object.values(node.states).flatMap((child) => [child, ...descendants(child)]);
}
