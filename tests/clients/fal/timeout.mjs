// A request that may not wait fails with the client's own kind of timeout, which it does not try again.
import assert from "node:assert/strict";
import { busy, fal, short, text } from "./client.mjs";

const running = await busy();
await assert.rejects(fal.subscribe(text, { input: short, startTimeout: 1.5, pollInterval: 50 }), (error) => error.isUserTimeout);
await running.end();
