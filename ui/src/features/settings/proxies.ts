/**
 * Ready lines for the merchant's own web server, which takes the call by https and hands it on to this computer's receiver.
 */
export type Proxy = 'caddy' | 'nginx';

/** Where the lines are for, as far as the address is known. */
function placeOf(address: string): { host: string; path: string } {
  try {
    const { hostname, pathname, protocol } = new URL(address);
    // What stands in a file of settings is only what a name and a path are made of.
    if (protocol === 'https:' && /^[a-z0-9.-]+$/i.test(hostname) && /^[\w\-./~%]+$/.test(pathname)) return { host: hostname, path: pathname };
  } catch {
    // Not typed yet.
  }
  return { host: 'shop.example', path: '/kvit' };
}

/** The lines for this server. */
export function linesFor(proxy: Proxy, address: string, port: number): string {
  const { host, path } = placeOf(address);
  if (proxy === 'caddy') {
    return `${host} {\n    handle ${path} {\n        request_body {\n            max_size 1MB\n        }\n        reverse_proxy 127.0.0.1:${port}\n    }\n}\n`;
  }
  return `# server { server_name ${host}; listen 443 ssl; …\nlocation = ${path} {\n    client_max_body_size 1m;\n    proxy_pass http://127.0.0.1:${port};\n}\n`;
}
