// What tests may let befall a function: an interface of its own, since the published types lead to it.

/** What befalls a function by itself. An update heals it; the environment only when it is given anew. */
export interface FunctionTrouble {
  /** It is Failed, with this reason. */
  failed?: { code: string; reason: string }
  /** Its last update has failed, and it runs as before. */
  update?: { code: string; reason: string }
  /** The key of its variables cannot be used: they are neither shown nor given to it. */
  environment?: { code: string; message: string }
}
