export { mapObservations } from "./map-observations.ts";
export { mapStack } from "./map-stack.ts";
export { readSourceMaps, type SourceMaps, SourceMapsError } from "./read-source-maps.ts";
