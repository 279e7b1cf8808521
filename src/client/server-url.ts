/** Where a Holdfast server is. */
export class ServerUrl {
  readonly #base: URL;

  /**
   * @param text `https://tickets.example`, `http://127.0.0.1:8080`; a path before `/v1` may follow.
   * @throws TypeError where it is no HTTP URL.
   */
  constructor(text: string) {
    this.#base = new URL(text.endsWith('/') ? text : `${text}/`);
    if (!/^https?:$/.test(this.#base.protocol)) throw new TypeError(`${text} is no HTTP URL`);
  }

  /** @param path segments after `/v1`, as they are. */
  http(path: readonly string[]): string {
    return this.#at(path).href;
  }

  /** The same over WebSocket. */
  webSocket(path: readonly string[], query: Readonly<Record<string, string>>): string {
    const url = this.#at(path);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = new URLSearchParams(query).toString();
    return url.href;
  }

  #at(path: readonly string[]): URL {
    return new URL(['v1', ...path.map(encodeURIComponent)].join('/'), this.#base);
  }
}
