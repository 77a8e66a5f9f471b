// Environment variables as a plain object: the process's own, or those with `.env` below them.

export type Env = Record<string, string | undefined>
