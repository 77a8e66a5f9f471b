import './style.css'

export const metadata = { title: 'Sign in by WhatsApp', icons: 'data:,' }
export const viewport = { width: 'device-width', initialScale: 1, colorScheme: 'light dark' }

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <main>{children}</main>
      </body>
    </html>
  )
}
