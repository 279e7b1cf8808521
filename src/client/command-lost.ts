/** A command over the socket to which no answer will come. Whoever sent it decides what to do. */
export class CommandLost extends Error {
  override readonly name = 'CommandLost';
  /** false: it was never sent, and had no effect. true: whether it had its effect is unknown. */
  readonly wasSent: boolean;

  private constructor(message: string, wasSent: boolean) {
    super(message);
    this.wasSent = wasSent;
  }

  static notSent(why: string): CommandLost {
    return new CommandLost(`The command was not sent, and had no effect: ${why}.`, false);
  }

  static unanswered(why: string): CommandLost {
    const advice =
      'Give commands an idempotencyKey: with it the same command can be sent again, and has one effect.';
    return new CommandLost(
      `Whether the command had its effect is unknown, for no answer came: ${why}. ${advice}`,
      true,
    );
  }
}
