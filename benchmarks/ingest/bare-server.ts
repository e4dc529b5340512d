/**
 * What `node:http` alone makes of the load: each body is read and forgotten, each answer is empty. With the path of a file each body is
 * first written to it and synced, all that wait together, over and over the same blocks: the limit of what a collector that promises
 * durability can reach.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createServer } from "node:http";

const FILE_BYTES = 64 << 20;

/** Calls back once the body is on the disk. */
type Write = (body: readonly Buffer[], done: () => void) => void;

function createWriter(file: FileHandle): Write {
  let waiting: { readonly body: readonly Buffer[]; readonly done: () => void }[] = [];
  let isWriting = false;
  let position = 0;
  const flush = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const { bytesWritten } = await file.writev(
        batch.flatMap(({ body }) => body),
        position,
      );
      position = position > FILE_BYTES ? 0 : position + bytesWritten;
      for (const { done } of batch) done();
    }
    isWriting = false;
  };
  return (body, done) => {
    waiting.push({ body, done });
    if (!isWriting) void flush();
  };
}

const [, , path] = process.argv;
const write: Write =
  path === undefined
    ? (_, done) => done()
    : createWriter(await open(path, constants.O_CREAT | constants.O_RDWR | (constants.O_DSYNC ?? constants.O_SYNC)));

const server = createServer((request, response) => {
  const body: Buffer[] = [];
  request.on("data", (chunk: Buffer) => path !== undefined && body.push(chunk));
  request.on("end", () =>
    write(body, () => {
      response.writeHead(200, { "content-type": "application/x-protobuf", "content-length": 0 });
      response.end();
    }),
  );
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
});
process.once("SIGTERM", () => process.exit(0));
