// Shared by the programs: the gateway's address and key, and how to download from a private address.
import { readFileSync } from "node:fs";

export const [origin, apiKey, picturePath] = process.argv.slice(2);

export const picture = readFileSync(picturePath);

/** The package downloads only from public addresses by itself. */
export async function download({ url, abortSignal }) {
  const response = await fetch(url, { signal: abortSignal });
  return { data: new Uint8Array(await response.arrayBuffer()), mediaType: response.headers.get("content-type") ?? undefined };
}

/** The video of a result, after a look at its bytes. */
export function bytesOf({ video }) {
  if (video.mediaType !== "video/mp4" || Buffer.from(video.uint8Array.subarray(4, 8)).toString() !== "ftyp")
    throw new Error(`this is no video: ${video.mediaType}, ${video.uint8Array.length} bytes`);
  return video.uint8Array;
}

export const poll = { intervalMs: 100, timeoutMs: 300_000 };
