import { createAuthority, type Authority } from "../generator/certificates.ts";
import type { Scenario } from "../generator/stage.ts";
import type { ServicePlan } from "../services/plan.ts";
import { type Way, blameEdge, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("tls-failure");
const NAME = "vault.internal";

/** A service calls another over TLS, and the handshake fails. */
function betweenServices(name: string, certify: (authority: Authority) => Pick<ServicePlan, "tls" | "ca" | "newestTls">): Way {
  return async (stage) => {
    const { tls, ...client } = certify(createAuthority(stage.folder));
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: { service: NAME, framework: "node", watch: "otel", steps: [], ...(tls === undefined ? {} : { tls }) },
      caller: client,
      call: { client: "undici" },
      reach: (port) => `https://${NAME}:${port}`,
    });
    await chain.load({ count: 35, next: () => ({}) });
    return { name, ...chain.blame(undefined), diagnose: RIGHT };
  };
}

/** A proxy verifies the server behind it, which shows what it should not, or speaks no TLS at all. */
function behindProxy(kind: "nginx" | "apache" | "caddy" | "haproxy", speaksTls: boolean): Way {
  return async (stage) => {
    const authority = createAuthority(stage.folder);
    const lines = {
      nginx: { location: `proxy_ssl_verify on; proxy_ssl_name ${NAME}; proxy_ssl_trusted_certificate ${authority.cert};` },
      apache: {
        main: `SSLProxyEngine on\nSSLProxyVerify require\nSSLProxyCACertificateFile ${authority.cert}\nSSLProxyCheckPeerName off\nSSLProxyCheckPeerExpire on`,
      },
      caddy: { transport: `tls_trusted_ca_certs ${authority.cert}\n      tls_server_name ${NAME}` },
      haproxy: { server: `ssl verify required ca-file ${authority.cert}` },
    }[kind];
    const chain = await buildChain(stage, {
      callers: [0],
      proxies: [kind],
      proxy: { isHttps: true, lines },
      origin: { framework: "node", watch: "otel", steps: [], ...(speaksTls ? { tls: authority.sign(NAME, -3) } : {}) },
    });
    await chain.load({ count: 35, next: () => ({}) });
    return { name: `${kind}-${speaksTls ? "expired" : "plain"}`, ...blameEdge(chain), diagnose: RIGHT };
  };
}

const WAYS: readonly Way[] = [
  betweenServices("expired", (authority) => ({ tls: authority.sign(NAME, -2), ca: authority.cert })),
  behindProxy("nginx", true),
  betweenServices("unknown-authority", (authority) => ({ tls: authority.sign(NAME) })),
  behindProxy("haproxy", true),
  betweenServices("other-name", (authority) => ({ tls: authority.sign("vault-old.internal"), ca: authority.cert })),
  behindProxy("apache", false),
  betweenServices("plain", () => ({})),
  betweenServices("old-version", (authority) => ({
    tls: { ...authority.sign(NAME), oldest: "TLSv1.3" },
    ca: authority.cert,
    newestTls: "TLSv1.2",
  })),
];

/** A proxy that was told to speak no newer TLS than the server behind it takes. */
const outdatedProxy: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [0],
    proxies: ["nginx"],
    proxy: { isHttps: true, lines: { location: "proxy_ssl_protocols TLSv1.2;" } },
    origin: {
      framework: "node",
      watch: "otel",
      steps: [],
      tls: { ...createAuthority(stage.folder).sign(NAME), oldest: "TLSv1.3" },
    },
  });
  await chain.load({ count: 35, next: () => ({}) });
  return { name: "nginx-old-version", ...blameEdge(chain), diagnose: RIGHT };
};

const LATER = { from: 18, ways: [behindProxy("caddy", true), outdatedProxy] };

/** The two ends do not agree on TLS: certificate, name, version. */
export const tlsFailure: Scenario = { cause: "tls-failure", count: 22, play: (stage) => stage.way(WAYS, LATER)(stage) };
