// All that a user of the replicate package changes: the address and the key.
import Replicate from "replicate";

export const [origin, auth, picture] = process.argv.slice(2);

export const replicate = new Replicate({ auth, baseUrl: `${origin}/v1` });

export const model = "rushes/wan22-fast-t2v";

/** The quickest video to make. */
export const short = { prompt: "A paper boat on a calm sea", width: 512, height: 512, duration: 0.5 };
