/** The live feeds of one gateway: a channel for each event that has viewers, and none for the others. */
import type { GatewayEvent } from '../desk-port.js';
import { type ChannelHost, FeedChannel } from './feed-channel.js';
import { SnapshotRoom } from './snapshot-room.js';
import type { Viewer } from './viewer.js';

export class Feed {
  readonly #host: ChannelHost;
  readonly #channels = new Map<string, FeedChannel>();
  readonly #channelOf = new Map<Viewer, FeedChannel>();

  constructor(host: Omit<ChannelHost, 'room'>) {
    const { limits, timers } = host;
    const room = new SnapshotRoom({
      bytesMax: limits.snapshotBytesMax,
      holdMsMax: limits.snapshotMsMax,
      timers,
    });
    this.#host = { ...host, room };
  }

  /** @param cursor what the viewer has from before, as its client sent it. */
  join(event: GatewayEvent, viewer: Viewer, cursor: string | undefined): void {
    const { id } = event.record;
    const channel = this.#channels.get(id) ?? new FeedChannel(this.#host, event);
    this.#channels.set(id, channel);
    this.#channelOf.set(viewer, channel);
    channel.join(viewer, cursor);
  }

  /** The viewer's socket has taken some of what was waiting. */
  drained(viewer: Viewer): void {
    this.#channelOf.get(viewer)?.drained(viewer);
  }

  /** The viewer's socket is closed. */
  leave(viewer: Viewer): void {
    const channel = this.#channelOf.get(viewer);
    if (channel === undefined) return;
    this.#channelOf.delete(viewer);
    channel.leave(viewer);
    if (!channel.isEmpty) return;
    channel.end();
    this.#channels.delete(channel.eventId);
  }
}
