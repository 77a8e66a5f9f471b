// What the page asks: /auth/state, /auth/start, /auth/answer, …
import { otp } from '../../../otp.js'

const answer = async (request) => (await otp.handle(request)) ?? new Response(null, { status: 404 })

export { answer as GET, answer as POST }
