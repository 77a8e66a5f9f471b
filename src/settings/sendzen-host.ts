// The host of the SendZen API, and the wrong ones that old guides carry.

/**
 * SendZen's API answers at api.sendzen.io. Its older Cognito guides name api.sendzen.com and api.sendzen.net,
 * which do not belong to the API; both are recognised and put right, with a warning to show.
 */
export function correctHost(url: string): { url: string; warning?: string } {
  if (!URL.canParse(url)) return { url }
  const { hostname } = new URL(url)
  if (!/^api\.sendzen\.(com|net)$/.test(hostname)) return { url }
  return {
    url: url.replace(/api\.sendzen\.(com|net)/i, 'api.sendzen.io'),
    warning: `SENDZEN_API_URL names ${hostname}, which is not the API; api.sendzen.io is used. Please correct it`,
  }
}
