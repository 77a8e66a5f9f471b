// The page's side: it asks the server, and has no token.
'use client'
import { createRemoteClient } from 'whatsapp-otp/client/remote'

export const client = createRemoteClient()
