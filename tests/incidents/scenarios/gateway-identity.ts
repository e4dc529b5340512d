import { createAuthority } from "../generator/certificates.ts";
import type { Scenario } from "../generator/stage.ts";
import { maybe } from "../incident.ts";
import { type Way, blameEdge, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("gateway-identity");

/** The backend wants a certificate of whoever calls it, and the gateway has none. */
function noClientCertificate(kind: "nginx" | "apache"): Way {
  return async (stage) => {
    const authority = createAuthority(stage.folder);
    const chain = await buildChain(stage, {
      callers: [0],
      proxies: [kind],
      proxy: {
        isHttps: true,
        // In TLS 1.3 the backend says that it wants a certificate; before, only that the handshake failed.
        lines:
          kind === "apache"
            ? { main: "SSLProxyEngine on\nSSLProxyVerify none\nSSLProxyCheckPeerName off" }
            : { location: "proxy_ssl_protocols TLSv1.2 TLSv1.3;" },
      },
      origin: { framework: "node", watch: "otel", tls: { ...authority.sign("backend.shop.example"), clientCa: authority.cert }, steps: [] },
    });
    await chain.load({ count: 35, next: () => ({}) });
    return { name: `no-certificate-${kind}`, ...blameEdge(chain), diagnose: RIGHT };
  };
}

/** The backend's policy does not know the gateway any longer. */
function refused(name: string, body: string): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1],
      caller: { service: "api-gateway" },
      origin: {
        steps: [
          { kind: "answer", status: 403, body, when: { toggle: "policy" } },
          { kind: "answer", status: 200 },
        ],
      },
      call: { quotes: true, reaction: stage.dice.pick([500, 502] as const) },
    });
    await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(12, 28)]: () => chain.origin.toggle("policy", true) } });
    return { name, ...chain.blameCaller([maybe(chain.originName, "clean", "created")], "created", "remapped"), diagnose: RIGHT };
  };
}

const WAYS: readonly Way[] = [
  noClientCertificate("nginx"),
  refused("rbac", "RBAC: access denied"),
  noClientCertificate("apache"),
  refused("iam", '{"message":"User: arn:aws:sts::1:assumed-role/gateway is not authorized to perform: execute-api:Invoke"}'),
];

/** The gateway may not call the backend. */
export const gatewayIdentity: Scenario = { cause: "gateway-identity", count: 12, play: (stage) => stage.way(WAYS)(stage) };
