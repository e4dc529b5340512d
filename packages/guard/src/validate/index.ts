/** Validation at the edge with any Standard Schema: of requests, and of responses. */
export {
  InvalidRequestError,
  validateRequest,
  type RequestParts,
  type RequestSchemas,
  type StandardSchema,
  type ValidParts,
} from "./validate.ts";
export { checkWithSchemas, InvalidResponseError, type ResponseCheck, type ResponseSchemas } from "./response-check.ts";
