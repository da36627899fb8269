-- What wrk sends:
--   post PATH KEY [SCHEME BODY]   one text to video request of 1 KB, again and again; a text stands for PROMPT in it
--   fetch PATH KEY                the same path, again and again
--   get PREFIX SUFFIX KEY COUNT   PREFIX, a random number up to COUNT, SUFFIX
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("seed", threads)
end

function init(args)
  if args[1] == "post" then
    wrk.method = "POST"
    wrk.path = args[2]
    wrk.headers["Authorization"] = (args[4] or "Bearer") .. " " .. args[3]
    wrk.headers["Content-Type"] = "application/json"
    local body = args[5] or '{"width": 832, "height": 480, "duration": 5, "seed": 7, "prompt": "PROMPT"}'
    wrk.body = body:gsub("PROMPT", string.rep("A paper boat on a calm sea. ", 40):sub(1, 1024 - #body + #"PROMPT"))
  elseif args[1] == "fetch" then
    wrk.path = args[2]
    if not args[2]:find("X-Amz-", 1, true) then wrk.headers["Authorization"] = "Bearer " .. args[3] end
  else
    -- Made before the clock runs: the load must not take the server's time.
    math.randomseed(os.time() + seed)
    wrk.headers["Authorization"] = "Bearer " .. args[4]
    local requests = {}
    for i = 1, 5000 do
      requests[i] = wrk.format("GET", args[2] .. math.random(tonumber(args[5])) .. args[3])
    end
    local next = 0
    request = function()
      next = next % 5000 + 1
      return requests[next]
    end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("answered %.1f failed %d p50 %.3f p99 %.3f bytes %.0f\n", summary.requests / summary.duration * 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.bytes / summary.duration * 1e6))
end
