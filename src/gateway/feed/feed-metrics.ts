/** The live feed's part of a gateway's metrics. */
import { Counter, Gauge } from 'prom-client';
import type { GatewayMetrics } from '../gateway-metrics.js';
import type { FeedCounts } from './feed-counts.js';

/** Read when metrics are collected. */
export interface FeedGauges {
  viewerCount(): number;
  bufferedBytes(): number;
}

/** Shown whenever the gateway's metrics are collected. */
export function registerFeedMetrics(
  { registry }: GatewayMetrics,
  counts: FeedCounts,
  gauges: FeedGauges,
): void {
  const registers = [registry];
  const viewers: Gauge = new Gauge({
    name: 'holdfast_feed_viewers',
    help: 'Open sockets of the live feed.',
    registers,
    collect: () => viewers.set(gauges.viewerCount()),
  });
  const buffered: Gauge = new Gauge({
    name: 'holdfast_feed_buffered_bytes',
    help: 'Bytes that wait for viewers to take them.',
    registers,
    collect: () => buffered.set(gauges.bufferedBytes()),
  });
  const frames: Counter = new Counter({
    name: 'holdfast_feed_frames_total',
    help: 'Frames sent to viewers, by type.',
    labelNames: ['type'],
    registers,
    collect: () => {
      frames.reset();
      for (const [type, count] of counts.frames) frames.inc({ type }, count);
    },
  });
  for (const { name, help, read } of TOTALS) {
    const counter: Counter = new Counter({
      name: `holdfast_feed_${name}_total`,
      help,
      registers,
      collect: () => {
        counter.reset();
        counter.inc(read(counts));
      },
    });
  }
}

interface Total {
  readonly name: string;
  readonly help: string;
  read(counts: FeedCounts): number;
}

const TOTALS: readonly Total[] = [
  { name: 'bytes', help: 'Bytes of frames sent to viewers.', read: ({ bytes }) => bytes },
  { name: 'drops', help: 'Viewers who fell behind.', read: ({ drops }) => drops },
  {
    name: 'resyncs',
    help: 'Viewers who had fallen behind and got a fresh snapshot.',
    read: ({ resyncs }) => resyncs,
  },
  {
    name: 'resumes',
    help: 'Viewers who came back and were told what they had missed.',
    read: ({ resumes }) => resumes,
  },
];
