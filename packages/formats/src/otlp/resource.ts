import { type Attributes, readText, type Resource } from "@faultline/model";

/** Reads from a resource's attributes who emitted the telemetry. The names that count are listed at `Resource`. */
export function toResource(attributes: Attributes): Resource {
  const version = readText(attributes, "service.version");
  const instance = readText(attributes, "service.instance.id", "k8s.pod.name", "host.name");
  const region = readText(attributes, "cloud.region", "cloud.availability_zone", "faultline.region");
  return {
    service: readText(attributes, "service.name") ?? "unknown_service",
    ...(version === undefined ? {} : { version }),
    ...(instance === undefined ? {} : { instance }),
    ...(region === undefined ? {} : { region }),
    attributes,
  };
}
