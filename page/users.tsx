// Who has an account, and what Cognito keeps about him.
import { useEffect, useState } from 'preact/hooks'
import type { ListedUser } from '../src/sandbox/door/users.ts'
import { deleteUser, readUsers } from './api.ts'
import { useLive } from './live.ts'
import { hrefTo } from './route.ts'

export function Users() {
  const { answers } = useLive()
  const [users, setUsers] = useState<ListedUser[]>()
  const [trouble, setTrouble] = useState('')
  const load = () => readUsers().then(setUsers, (error: Error) => setTrouble(error.message))
  // A sign-in may have made or proven one.
  useEffect(() => void load(), [answers])
  const remove = (user: ListedUser) =>
    deleteUser(user).then(load, (error: Error) => setTrouble(error.message))
  return (
    <section class="users" aria-label="Users">
      <h2>Users</h2>
      {trouble && <p role="alert">{trouble}</p>}
      {users?.length === 0 && <p class="empty">Nobody has an account yet.</p>}
      <ul>
        {users?.map((user) => (
          <li key={user.username}>
            <p class="head">
              <a href={hrefTo('phone', user.attributes.phone_number)}>
                {user.attributes.phone_number ?? user.username}
              </a>
              <span>
                {[user.status.toLowerCase(), !user.enabled && 'disabled'].filter(Boolean).join(', ')}
              </span>
            </p>
            <dl>
              {Object.entries(user.attributes).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
              <div>
                <dt>signed up</dt>
                <dd>{new Date(user.createdAt).toLocaleString()}</dd>
              </div>
            </dl>
            <button
              type="button"
              onClick={() => void remove(user)}
              aria-label={`Delete ${user.attributes.phone_number ?? user.username}`}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
