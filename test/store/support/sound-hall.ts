import { HALL, Ledger } from './ledger.js';

/** A sound store that has a bit of everything, and whose indexes do not lag. */
export async function soundHall() {
  const ledger = new Ledger();
  const [held, booked, gone] = [
    ledger.reserved([1, 2]),
    ledger.reserved([3], { user: 'bob' }),
    ledger.reserved([4]),
  ];
  ledger.commit([ledger.created()]); // 1
  ledger.commit([held], [booked], [gone]); // 2, 3, 4
  ledger.commit([ledger.next('confirmed', booked)], [ledger.next('cancelled', gone)]); // 5, 6
  ledger.commit([ledger.blocked([9])]); // 7
  ledger.store.remember(
    { key: 'k', fingerprint: 'f', requestId: 'r' },
    { status: 200, body: '', headers: {} },
  );
  ledger.store.countConflicts(new Map([[HALL, 3]]));
  await ledger.store.close();
  return { ledger, held, booked, gone };
}

export type SoundHall = Awaited<ReturnType<typeof soundHall>>;
