-- For bench/wrk.py: every request has an id of its own, and the last line of the output is what came of it, as JSON.
local before, after
local number = 0

function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   local template = file:read("*a")
   file:close()
   local first, last = template:find("%032x", 1, true)
   before, after = template:sub(1, first - 1), template:sub(last + 1)
end

function request()
   number = number + 1
   return before .. string.format("%032x", number) .. after
end

function done(summary, latency)
   local failed = summary.errors
   io.write(string.format(
      '\n{"answers": %d, "refused": %d, "broken": %d, "seconds": %f, "p50": %f, "p99": %f, "p999": %f}\n',
      summary.requests, failed.status, failed.connect + failed.read + failed.write + failed.timeout,
      summary.duration / 1e6,
      latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3))
end
