// The workshop page of `dev`: an app, a phone, and everything between them.
import './clock.ts'
import { render } from 'preact'
import { connect } from './live.ts'
import { Workshop } from './workshop.tsx'

render(<Workshop />, document.getElementById('workshop') as HTMLElement)
connect()
