// How work tells what it does: a command shows it, the programmatic API passes it on, nobody prints on the way.

export interface Progress {
  /** Runs a part under a title for people, as in «Read the stage»; a failure is told and thrown on. */
  run<T>(title: string, work: () => Promise<T>): Promise<T>
  /** Something to look at that stops nothing. */
  warn(text: string): void
}
