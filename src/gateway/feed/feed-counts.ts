/** What the live feed has done in one gateway. Plain numbers, added to on the hot path; `FeedMetrics` shows them. */
import type { Frame } from './feed-ports.js';

export type FrameType = 'snapshot' | 'delta' | 'result' | 'error';

export class FeedCounts {
  /** Frames handed to sockets, by type; one that went to many counts for each. */
  readonly frames = new Map<FrameType, number>();
  /** Of those frames, without the transport's own. */
  bytes = 0;
  /** Viewers who fell behind. */
  drops = 0;
  /** Of those, viewers who had caught up and got a fresh snapshot. */
  resyncs = 0;
  /** Viewers who came back and were told what they had missed. */
  resumes = 0;

  sent(type: FrameType, frame: Frame, viewerCount = 1): void {
    this.frames.set(type, (this.frames.get(type) ?? 0) + viewerCount);
    this.bytes += frame.length * viewerCount;
  }
}
