import type { CauseId } from "@faultline/model";

/** What each error type of RFC 9209, section 2.3 says about the cause. Types that only say "it broke" are left out. */
const CAUSES: Readonly<Record<string, CauseId>> = {
  dns_timeout: "dns-failure",
  dns_error: "dns-failure",
  destination_not_found: "bad-configuration",
  destination_unavailable: "no-healthy-upstream",
  destination_ip_unroutable: "no-healthy-upstream",
  connection_refused: "connection-refused",
  connection_terminated: "keepalive-race",
  connection_timeout: "no-healthy-upstream",
  connection_read_timeout: "gateway-timeout",
  connection_write_timeout: "gateway-timeout",
  connection_limit_reached: "circuit-open",
  tls_protocol_error: "tls-failure",
  tls_certificate_error: "tls-failure",
  tls_alert_received: "tls-failure",
  http_request_denied: "gateway-identity",
  http_response_incomplete: "gateway-mismatch",
  http_response_header_section_size: "gateway-mismatch",
  http_response_header_size: "gateway-mismatch",
  http_response_body_size: "gateway-mismatch",
  http_response_transfer_coding: "gateway-mismatch",
  http_response_content_coding: "gateway-mismatch",
  http_response_timeout: "gateway-timeout",
  http_upgrade_failed: "gateway-mismatch",
  http_protocol_error: "gateway-mismatch",
  proxy_configuration_error: "bad-configuration",
  proxy_loop_detected: "bad-configuration",
};

/** The cause that a Proxy-Status error type names, if it names one. */
export function findCauseOfProxyError(type: string): CauseId | undefined {
  return Object.hasOwn(CAUSES, type) ? CAUSES[type] : undefined;
}
