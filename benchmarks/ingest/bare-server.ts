/** What `node:http` alone makes of the load: each body is read and forgotten, each answer is empty. The limit of what a collector can reach. */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  request.on("data", () => {});
  request.on("end", () => {
    response.writeHead(200, { "content-type": "application/x-protobuf", "content-length": 0 });
    response.end();
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
});
process.once("SIGTERM", () => process.exit(0));
