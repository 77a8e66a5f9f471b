// An error as AWS answers it, whatever the protocol.

/** `code` is the name of the modelled exception, `status` that of HTTP. */
export class AwsFault extends Error {
  readonly code: string
  readonly status: number
  /** Further members of the modelled exception, as `Item` of ConditionalCheckFailedException. */
  readonly members: object | undefined
  constructor(code: string, message: string, status = 400, members?: object) {
    super(message)
    this.code = code
    this.status = status
    this.members = members
  }
}
